import { sizeOf } from "./tensor-source.ts";
import type { TensorInfo, TensorSource } from "./tensor-source.ts";

const TIMES = " * ";

/** The name of a tensor `[rows, …]` whose rows are multiplied with the values of another, `[rows]`. */
export function scaledRows(tensor: string, scale: string): string {
  return `${tensor}${TIMES}${scale}`;
}

/** The checkpoint's tensors behind a name, of `scaledRows` or as it is. */
export function storedTensors(name: string): readonly string[] {
  return name.split(TIMES);
}

/** A source that knows `scaledRows` of its tensors, too: what a layer scales, its matrix can hold. */
export class ScaledRowsSource implements TensorSource {
  readonly #source: TensorSource;

  constructor(source: TensorSource) {
    this.#source = source;
  }

  get names(): readonly string[] {
    return this.#source.names;
  }

  info(name: string): TensorInfo | undefined {
    return this.#source.info(name.split(TIMES)[0] ?? "");
  }

  async read(name: string, start: number, count: number): Promise<Float32Array> {
    const [tensor = "", scale] = name.split(TIMES);
    const values = await this.#source.read(tensor, start, count);
    if (scale === undefined) return values;
    const dims = this.info(tensor)?.dims ?? [];
    const width = sizeOf(dims.slice(1));
    const factors = await this.#source.read(scale, 0, dims[0] ?? 0);
    for (let index = 0; index < values.length; index += 1)
      values[index] = (values[index] ?? 0) * (factors[Math.floor((start + index) / width)] ?? Number.NaN);
    return values;
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
