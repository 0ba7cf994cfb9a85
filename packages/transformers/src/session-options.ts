import { VlaPrunerError } from "@vla-pruner/format";

/** Devices that are one execution provider of the same name. */
const PROVIDERS = ["cpu", "wasm", "webgpu", "cuda", "dml", "coreml"];

/**
 * Options of the parts' sessions: the stock session's device, and what the user gave.
 *
 * @param weights how the part finds its weights
 * @param outputs those that stay on a GPU, as transformers.js keeps caches there
 * @throws `invalid-option` for a device that is not one provider
 */
export function partOptions(
  device: string,
  given: Readonly<Record<string, unknown>>,
  weights: Readonly<Record<string, unknown>>,
  outputs: readonly string[],
): object {
  if (given["executionProviders"] === undefined && !PROVIDERS.includes(device)) {
    throw new VlaPrunerError("invalid-option", {
      expected: `a model on one of ${PROVIDERS.join(", ")}`,
      found: device,
      fix: "name one of these as device when you load the model, or executionProviders in session_options here",
    });
  }
  const { extra: _extra, ...rest } = given;
  const onDevice = Object.fromEntries(outputs.map((name) => [name, "gpu-buffer"]));
  return {
    executionProviders: [device],
    logSeverityLevel: 4,
    ...(device === "webgpu" && { preferredOutputLocation: onDevice }),
    ...rest,
    ...weights,
    extra: merged(merged({ session: { force_spinning_stop: "1" } }, given["extra"]), weights["extra"]),
  };
}

/** Two nested tables of options in one. */
function merged(table: Record<string, unknown>, other: unknown): Record<string, unknown> {
  const result = { ...table };
  for (const [name, value] of Object.entries((other ?? {}) as Record<string, unknown>)) {
    const known = result[name];
    const both = typeof known === "object" && typeof value === "object";
    result[name] = both ? { ...known, ...value } : value;
  }
  return result;
}
