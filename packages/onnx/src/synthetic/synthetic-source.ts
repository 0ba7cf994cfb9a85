import { VlaPrunerError } from "@vla-pruner/format";
import { sizeOf } from "../weights/tensor-source.ts";
import type { Spread, TensorInfo, TensorSource } from "../weights/tensor-source.ts";
import { hashNoise, nameHash } from "./hash-noise.ts";

/** A tensor of random values. */
export interface SyntheticTensor extends Spread {
  readonly dims: readonly number[];
}

/** Seeded random weights of any size, made as they are read. */
export class SyntheticSource implements TensorSource {
  readonly names: readonly string[];
  readonly #tensors: ReadonlyMap<string, SyntheticTensor>;
  readonly #seed: number;

  constructor(tensors: ReadonlyMap<string, SyntheticTensor>, seed = 0) {
    this.names = [...tensors.keys()];
    this.#tensors = tensors;
    this.#seed = seed;
  }

  info(name: string): TensorInfo | undefined {
    const tensor = this.#tensors.get(name);
    return tensor && { dtype: "F32", dims: tensor.dims };
  }

  async read(name: string, start: number, count: number): Promise<Float32Array> {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) {
      throw new VlaPrunerError("tensor-missing", {
        expected: `a synthetic tensor ${name}`,
        found: "no tensor of that name",
        fix: "add it to the recipe's tensors()",
      });
    }
    const { dims, mean = 0, deviation } = tensor;
    const inputs = dims.length > 1 ? sizeOf(dims.slice(1)) : 1;
    const spread = (deviation ?? (dims.length > 1 ? 1 / Math.sqrt(inputs) : 0.02)) * Math.sqrt(3);
    const values = hashNoise(nameHash(name, this.#seed), start, count);
    for (let index = 0; index < count; index += 1) values[index] = mean + spread * (values[index] ?? 0);
    return values;
  }

  async close(): Promise<void> {}
}
