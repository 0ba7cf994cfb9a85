import { hashNoise } from "../../packages/onnx/src/convert.ts";
import type { SyntheticTensor, TensorInfo, TensorSource } from "../../packages/onnx/src/convert.ts";

const TILE = hashNoise(1, 0, 1 << 22);

/** Random weights as fast as memory: one tile of noise, again and again. */
export class TiledNoise implements TensorSource {
  readonly names: readonly string[];
  readonly #tensors: ReadonlyMap<string, SyntheticTensor>;

  constructor(tensors: ReadonlyMap<string, SyntheticTensor>) {
    this.names = [...tensors.keys()];
    this.#tensors = tensors;
  }

  info(name: string): TensorInfo | undefined {
    const tensor = this.#tensors.get(name);
    return tensor && { dtype: "F32", dims: tensor.dims };
  }

  async read(name: string, start: number, count: number): Promise<Float32Array> {
    const { dims = [], mean = 0, deviation } = this.#tensors.get(name) ?? {};
    const inputs = dims.slice(1).reduce((size, dim) => size * dim, 1);
    const spread = (deviation ?? (dims.length > 1 ? 1 / Math.sqrt(inputs) : 0.02)) * Math.sqrt(3);
    const values = new Float32Array(count);
    for (let index = 0; index < count; index += 1)
      values[index] = mean + spread * (TILE[(start + index) % (TILE.length - 3)] ?? 0);
    return values;
  }

  async close(): Promise<void> {}
}
