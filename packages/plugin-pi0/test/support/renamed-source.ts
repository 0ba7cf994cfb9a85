import type { TensorInfo, TensorSource } from "@vla-pruner/onnx/convert";

/** A source whose tensors have other names. */
export class RenamedSource implements TensorSource {
  readonly names: readonly string[];
  readonly #source: TensorSource;
  readonly #originals: ReadonlyMap<string, string>;

  constructor(source: TensorSource, rename: (name: string) => string) {
    this.#source = source;
    this.#originals = new Map(source.names.map((name) => [rename(name), name]));
    this.names = [...this.#originals.keys()];
  }

  info(name: string): TensorInfo | undefined {
    const original = this.#originals.get(name);
    return original === undefined ? undefined : this.#source.info(original);
  }

  async read(name: string, start: number, count: number): Promise<Float32Array> {
    return this.#source.read(this.#originals.get(name) ?? name, start, count);
  }

  async close(): Promise<void> {
    await this.#source.close();
  }
}
