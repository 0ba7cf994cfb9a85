import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { dataFileName } from "@vla-pruner/format";

/** Stays below 2 GiB, so that browsers and `ArrayBuffer` can take a data file whole. */
const FILE_LIMIT = 2_000_000_000;
const PAGE = 4096;

export interface DataRegion {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * The external data of one graph: `<graph>_data`, `<graph>_data_1`, … as transformers.js names them. Space
 * is given out in order, large tensors on page borders so that ONNX Runtime can map them.
 */
export class DataFiles {
  readonly #folder: string;
  readonly #graph: string;
  readonly #limit: number;
  readonly #files: { readonly name: string; readonly handle: FileHandle; end: number }[] = [];

  constructor(folder: string, graph: string, limit: number = FILE_LIMIT) {
    this.#folder = folder;
    this.#graph = graph;
    this.#limit = limit;
  }

  /** Bytes of each data file, in order. */
  get sizes(): number[] {
    return this.#files.map(({ end }) => end);
  }

  /** A region for a tensor; a tensor never spans two files, so one larger than the limit gets a file of its own. */
  async allocate(length: number): Promise<DataRegion> {
    let file = this.#files.at(-1);
    if (file === undefined || (file.end > 0 && align(file.end, length) + length > this.#limit))
      file = await this.#next();
    const offset = align(file.end, length);
    file.end = offset + length;
    return { location: file.name, offset, length };
  }

  /** Writes bytes at a place inside a region. */
  async write(region: DataRegion, at: number, bytes: Uint8Array): Promise<void> {
    const file = this.#files.find(({ name }) => name === region.location);
    if (file === undefined) throw new RangeError(`no data file ${region.location} of this graph`);
    let written = 0;
    while (written < bytes.length) {
      const { bytesWritten } = await file.handle.write(
        bytes,
        written,
        bytes.length - written,
        region.offset + at + written,
      );
      written += bytesWritten;
    }
  }

  async close(): Promise<void> {
    for (const { handle, end } of this.#files) {
      await handle.truncate(end);
      await handle.sync();
      await handle.close();
    }
  }

  /** Closes without finishing, after a failure. */
  async abandon(): Promise<void> {
    await Promise.allSettled(this.#files.map(({ handle }) => handle.close()));
  }

  async #next(): Promise<{ readonly name: string; readonly handle: FileHandle; end: number }> {
    const index = this.#files.length;
    const name = dataFileName(this.#graph, index);
    const file = { name, handle: await open(join(this.#folder, name), "w"), end: 0 };
    this.#files.push(file);
    return file;
  }
}

function align(end: number, length: number): number {
  const step = length >= 4 * PAGE ? PAGE : 64;
  return Math.ceil(end / step) * step;
}
