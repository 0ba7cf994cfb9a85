import { VlaPrunerError } from "@vla-pruner/format";
import { firstNotFinite } from "../first-not-finite.ts";
import type { GraphSession, GraphTensor } from "../runtime/graph-session.ts";
import { readFloat32 } from "../runtime/tensors.ts";

/** Tensors by their names in a graph. */
export type NamedTensors = Readonly<Record<string, GraphTensor>>;

/**
 * The session of that name.
 *
 * @throws `model-invalid`
 */
export function sessionOf(sessions: Readonly<Record<string, GraphSession>>, name: string): GraphSession {
  const session = sessions[name];
  if (session === undefined) throw unconverted(`a session ${name}`);
  return session;
}

/**
 * An output that a graph must have.
 *
 * @throws `model-invalid`
 */
export function requiredOutput(outputs: NamedTensors, name: string): GraphTensor {
  const tensor = outputs[name];
  if (tensor === undefined) throw unconverted(`an output ${name}`);
  return tensor;
}

/**
 * The values of a float32 output on the CPU that a graph must have.
 *
 * @throws `model-invalid`
 */
export function requiredFloat32(outputs: NamedTensors, name: string): Float32Array {
  return readFloat32(outputs[name], name);
}

/**
 * The values of a float32 output on the CPU, `null` where the graph has none: the action attention of a graph in which
 * no layer is tapped.
 *
 * @throws `model-invalid`
 */
export function optionalFloat32(outputs: NamedTensors, name: string): Float32Array | null {
  return outputs[name] === undefined ? null : readFloat32(outputs[name], name);
}

/**
 * The visual columns of an output `[layers, columns]` in which the picture comes after one token, float32
 * `[layers, count]`; `null` where the graph has no such output.
 *
 * @throws `model-invalid`
 */
export function visualColumns(outputs: NamedTensors, name: string, count: number): Float32Array | null {
  const values = optionalFloat32(outputs, name);
  if (values === null) return null;
  const [layers = 0, width = 0] = outputs[name]?.dims ?? [];
  const visual = new Float32Array(layers * count);
  for (let layer = 0; layer < layers; layer += 1)
    visual.set(values.subarray(layer * width + 1, layer * width + 1 + count), layer * count);
  return visual;
}

/**
 * What a model computed, none of it NaN or infinite: a robot must not move on such numbers.
 *
 * @param what for the error: "logits"
 * @throws `session-failed`
 */
export function checkComputed(values: Float32Array, what: string): Float32Array {
  const index = firstNotFinite(values);
  if (index < 0) return values;
  throw new VlaPrunerError("session-failed", {
    expected: `finite ${what}`,
    found: `${values[index]} at ${index}`,
    fix: "check the weights for damage, and fp16 for overflow (try --dtype fp32)",
  });
}

/** Frees device buffers, as far as they were made. */
export function disposeAll(tensors: Iterable<GraphTensor | undefined>): void {
  for (const tensor of tensors) tensor?.dispose();
}

function unconverted(expected: string): VlaPrunerError {
  const fix = "convert the checkpoint again with this version of vla-pruner";
  return new VlaPrunerError("model-invalid", { expected, found: "none", fix });
}
