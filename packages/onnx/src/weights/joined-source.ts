import { VlaPrunerError } from "@vla-pruner/format";
import type { TensorInfo, TensorSource } from "./tensor-source.ts";

/** One of the sources that are joined. */
export interface JoinedPart {
  /** Stands in front of the names of its tensors. */
  readonly prefix: string;
  readonly source: TensorSource;
}

/** Several sources as one. Closing it closes them. */
export class JoinedSource implements TensorSource {
  readonly names: readonly string[];
  readonly #parts: readonly JoinedPart[];
  readonly #places: ReadonlyMap<string, { readonly source: TensorSource; readonly name: string }>;

  /** @throws `checkpoint-invalid` where two parts have a tensor of the same name */
  constructor(parts: readonly JoinedPart[]) {
    const places = new Map<string, { source: TensorSource; name: string }>();
    for (const { prefix, source } of parts) {
      for (const name of source.names) {
        if (places.has(`${prefix}${name}`)) throw twice(`${prefix}${name}`);
        places.set(`${prefix}${name}`, { source, name });
      }
    }
    this.names = [...places.keys()];
    this.#parts = parts;
    this.#places = places;
  }

  info(name: string): TensorInfo | undefined {
    const place = this.#places.get(name);
    return place?.source.info(place.name);
  }

  async read(name: string, start: number, count: number): Promise<Float32Array> {
    const place = this.#places.get(name);
    if (place !== undefined) return place.source.read(place.name, start, count);
    throw new VlaPrunerError("tensor-missing", {
      expected: `tensor ${name} in the checkpoint`,
      found: "no tensor of that name",
      fix: "check that all files are there",
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#parts.map(({ source }) => source.close()));
  }
}

function twice(name: string): VlaPrunerError {
  return new VlaPrunerError("checkpoint-invalid", {
    expected: `one tensor ${name}`,
    found: "two files that have it",
    fix: "keep the files of one training run in the folder",
  });
}
