import type { TensorInfo, TensorSource } from "@vla-pruner/onnx/convert";

/** Rows of a matrix that are multiplied by a number. */
export interface RowScale {
  readonly tensor: string;
  /** First row, and one past the last. */
  readonly rows: readonly [number, number];
  readonly factor: number;
}

/** A source with some rows scaled: makes action tokens the likeliest ones, and silences others. */
export class TunedSource implements TensorSource {
  readonly names: readonly string[];
  readonly #source: TensorSource;
  readonly #scales: readonly RowScale[];

  constructor(source: TensorSource, scales: readonly RowScale[]) {
    this.names = source.names;
    this.#source = source;
    this.#scales = scales;
  }

  info(name: string): TensorInfo | undefined {
    return this.#source.info(name);
  }

  async read(name: string, start: number, count: number): Promise<Float32Array> {
    const values = await this.#source.read(name, start, count);
    const width = this.info(name)?.dims[1] ?? 1;
    for (const { tensor, rows, factor } of this.#scales) {
      if (tensor !== name) continue;
      const from = Math.max(0, rows[0] * width - start);
      const to = Math.min(count, rows[1] * width - start);
      for (let index = from; index < to; index += 1) values[index] = (values[index] ?? 0) * factor;
    }
    return values;
  }

  async close(): Promise<void> {
    await this.#source.close();
  }
}
