import type { NamedTensors } from "@vla-pruner/core/adapter";

/** Keys and values among the outputs: `present.{layer}.key` and `.value`. */
export function presentOf(outputs: NamedTensors): NamedTensors {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => name.startsWith("present.")));
}

/** What one graph left of keys and values, as the next one takes it. */
export function pastOf(cache: NamedTensors): NamedTensors {
  const past = Object.entries(cache).map(([name, tensor]) => [
    name.replace("present", "past_key_values"),
    tensor,
  ]);
  return Object.fromEntries(past) as NamedTensors;
}
