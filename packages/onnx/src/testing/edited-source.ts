import type { TensorInfo, TensorSource } from "../weights/tensor-source.ts";

/** A checkpoint whose tensors have other names, other shapes, or are fewer or more. */
export class EditedSource implements TensorSource {
  readonly names: readonly string[];
  readonly #source: TensorSource;
  readonly #tensors: ReadonlyMap<string, { readonly stored: string; readonly dims?: readonly number[] }>;

  /**
   * @param rename gives the names that a tensor of the source has here; none where it is left out
   * @param reshaped dims that differ from the source's, by the names here
   */
  constructor(
    source: TensorSource,
    rename: (name: string) => readonly string[],
    reshaped: Readonly<Record<string, readonly number[]>> = {},
  ) {
    const named = source.names.flatMap((stored) =>
      rename(stored).map((name) => {
        const dims = reshaped[name];
        return [name, { stored, ...(dims && { dims }) }] as const;
      }),
    );
    this.#source = source;
    this.#tensors = new Map(named);
    this.names = [...this.#tensors.keys()];
  }

  info(name: string): TensorInfo | undefined {
    const tensor = this.#tensors.get(name);
    const info = tensor && this.#source.info(tensor.stored);
    return info && { ...info, ...(tensor?.dims && { dims: tensor.dims }) };
  }

  async read(name: string, start: number, count: number): Promise<Float32Array> {
    return this.#source.read(this.#tensors.get(name)?.stored ?? name, start, count);
  }

  async close(): Promise<void> {}
}
