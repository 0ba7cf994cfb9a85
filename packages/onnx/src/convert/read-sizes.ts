import type { TensorSource } from "../weights/tensor-source.ts";
import type { CheckpointConfig } from "./model-recipe.ts";
import { invalidConfig, invalidOption, missingTensor } from "./recipe-errors.ts";

/**
 * A whole number from a config, `least` (1) or more; `otherwise` where the key is absent or null.
 *
 * @throws `config-invalid`
 */
export function wholeNumber<Otherwise>(
  config: CheckpointConfig,
  key: string,
  otherwise: Otherwise,
  least = 1,
): number | Otherwise {
  const value = config[key];
  if (value === undefined || value === null) return otherwise;
  if (typeof value === "number" && Number.isInteger(value) && value >= least) return value;
  throw invalidConfig(`${key}: a whole number, ${least} or more`, JSON.stringify(value));
}

/**
 * A whole number from 1 to `most` that the user chose.
 *
 * @param what the option, as on the command line
 * @throws `invalid-option`
 */
export function wholeOption(what: string, value: unknown, most: number, fix: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw invalidOption(`${what}: a whole number from 1 to ${most}`, JSON.stringify(value), fix);
}

/**
 * Dims of a tensor that sizes are read from.
 *
 * @throws `tensor-missing`
 */
export function dimsOf(checkpoint: TensorSource, name: string): readonly number[] {
  const info = checkpoint.info(name);
  if (info === undefined) throw missingTensor(name);
  return info.dims;
}

/** Layers that the checkpoint has tensors of; their numbers come right after the prefix. */
export function layersBelow(checkpoint: TensorSource, prefix: string): number {
  const own = checkpoint.names.filter((name) => name.startsWith(prefix));
  return Math.max(0, ...own.map((name) => 1 + Number.parseInt(name.slice(prefix.length), 10)));
}
