import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** One labelled moment of an episode. */
export interface Sample {
  /** uint8 `[views, side, side, 3]`. */
  readonly frames: Uint8Array;
  /** uint8 `[views, patches]`. */
  readonly classes: Uint8Array;
  readonly roles: Uint8Array;
  /** `[8]`. */
  readonly state: readonly number[];
  /** What the expert would do from here, `[chunk][7]`. */
  readonly actions: readonly (readonly number[])[];
  /** Current object and target, metres, `[2][3]`. */
  readonly points: readonly (readonly number[])[];
  /** Row of instructions.json. */
  readonly instruction: number;
  /** Who drove here: 0 the expert, 1 a student. */
  readonly source: 0 | 1;
}

/** What all samples of a data set share. */
export interface ShardShape {
  readonly size: number;
  readonly views: number;
  readonly chunk: number;
  readonly state: number;
  readonly classes: number;
  /** Who drove, where it was not the expert alone: the name of the model directory. */
  readonly student?: string;
}

/** Writes samples as raw little-endian arrays, a file a field; `NAME.json` comes last and says that all are whole. */
export class ShardWriter {
  readonly #folder: string;
  readonly #shape: ShardShape;
  readonly #prefix: string;
  #samples: Sample[] = [];
  #written = 0;

  constructor(folder: string, prefix: string, shape: ShardShape) {
    this.#folder = folder;
    this.#prefix = prefix;
    this.#shape = shape;
  }

  get pending(): number {
    return this.#samples.length;
  }

  add(sample: Sample): void {
    this.#samples.push(sample);
  }

  /** Writes what was added since the last time; returns how many samples those were. */
  async flush(): Promise<number> {
    const samples = this.#samples;
    if (samples.length === 0) return 0;
    this.#samples = [];
    await mkdir(this.#folder, { recursive: true });
    const name = join(this.#folder, `${this.#prefix}-${String(this.#written).padStart(4, "0")}`);
    this.#written += 1;
    const bytes = (pick: (sample: Sample) => Uint8Array): Uint8Array => Buffer.concat(samples.map(pick));
    const floats = (pick: (sample: Sample) => readonly number[]): Uint8Array =>
      new Uint8Array(Float32Array.from(samples.flatMap(pick)).buffer);
    const files = {
      "frames.u8": bytes(({ frames }) => frames),
      "patches.u8": bytes(({ classes }) => classes),
      "roles.u8": bytes(({ roles }) => roles),
      "states.f32": floats(({ state }) => state),
      "actions.f32": floats(({ actions }) => actions.flat()),
      "points.f32": floats(({ points }) => points.flat()),
      "instructions.i32": new Uint8Array(Int32Array.from(samples, ({ instruction }) => instruction).buffer),
      "sources.u8": Uint8Array.from(samples, ({ source }) => source),
    };
    for (const [suffix, content] of Object.entries(files)) await writeFile(`${name}.${suffix}`, content);
    await writeFile(`${name}.partial`, JSON.stringify({ count: samples.length, ...this.#shape }));
    await rename(`${name}.partial`, `${name}.json`);
    return samples.length;
  }
}
