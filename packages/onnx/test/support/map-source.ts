import { sizeOf } from "../../src/weights/tensor-source.ts";
import type { TensorInfo, TensorSource } from "../../src/weights/tensor-source.ts";

export interface MapTensor {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

/** One call of `read`. */
export interface ReadCall {
  readonly name: string;
  readonly start: number;
  readonly count: number;
}

/** Weights that lie in memory; notes every read, so that a test can see who asked for what. */
export class MapSource implements TensorSource {
  readonly names: readonly string[];
  readonly reads: ReadCall[] = [];
  readonly #tensors: Readonly<Record<string, MapTensor>>;

  constructor(tensors: Readonly<Record<string, MapTensor>> = {}) {
    this.names = Object.keys(tensors);
    this.#tensors = tensors;
  }

  info(name: string): TensorInfo | undefined {
    const tensor = this.#tensors[name];
    return tensor && { dtype: "F32", dims: tensor.dims };
  }

  async read(name: string, start: number, count: number): Promise<Float32Array> {
    this.reads.push({ name, start, count });
    const tensor = this.#tensors[name];
    if (tensor === undefined || start + count > sizeOf(tensor.dims)) {
      throw new RangeError(`no elements ${start} … ${start + count} of ${name}`);
    }
    return tensor.values.slice(start, start + count);
  }

  /** All values of a tensor, not counted as a read. */
  values(name: string): number[] {
    return [...(this.#tensors[name]?.values ?? [])];
  }

  /** The same tensors with other values. */
  map(change: (value: number) => number): MapSource {
    const changed = Object.entries(this.#tensors).map(
      ([name, { dims, values }]) => [name, { dims, values: values.map(change) }] as const,
    );
    return new MapSource(Object.fromEntries(changed));
  }

  async close(): Promise<void> {}
}
