import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { isFlag, isNumber, isText, objectOf, optional, shaped, VlaPrunerError } from "@vla-pruner/format";
import { makeFolder } from "@vla-pruner/format/files";
import type { DraftTally } from "../closed-loop/types.ts";
import { keyOf } from "./episode-key.ts";
import { fits, orNull } from "./shapes.ts";
import type { Whole } from "./shapes.ts";
import type { CallCost, EpisodeRecord } from "./types.ts";
import { orUnwritable } from "../unwritable.ts";

const FILE = "episodes.jsonl";
const LINE_FEED = 10;

const COST: Whole<CallCost> = { vision: isNumber, prefill: isNumber, decode: isNumber, head: isNumber };
const DRAFTS: Whole<DraftTally> = {
  calls: isNumber,
  verified: isNumber,
  accepted: isNumber,
  of: isNumber,
  passes: optional(isNumber),
};
const EPISODE: Whole<EpisodeRecord> = {
  policy: isText,
  pruner: isText,
  retention: isNumber,
  warmup: orNull(isText),
  suite: isText,
  task: isText,
  seed: isNumber,
  instruction: isText,
  success: isFlag,
  steps: isNumber,
  goals: isNumber,
  calls: isNumber,
  denseCalls: isNumber,
  objectKept: orNull(isNumber),
  overlap: orNull(isNumber),
  drafts: optional(shaped(DRAFTS)),
  timings: objectOf(isNumber),
  cost: shaped(COST),
  denseCost: shaped(COST),
  seconds: isNumber,
};

/** The episodes that a folder holds already, each once. A torn last line, left by a crash, does not count. */
export function readEpisodes(folder: string): EpisodeRecord[] {
  return parse(folder).records;
}

/** Whether a sweep has been here and played something. */
export function hasEpisodes(folder: string): boolean {
  const path = join(folder, FILE);
  return existsSync(path) && readFileSync(path).includes(LINE_FEED);
}

/** Appends episodes to a folder's `episodes.jsonl`, one whole line at a time. Makes the folder where there is none. */
export class EpisodeJournal {
  readonly #file: number;
  /** Bytes of whole lines. */
  #size: number;
  #failure: VlaPrunerError | null = null;

  /** @throws `output-unwritable`, and `state-invalid` for a file that is no journal */
  constructor(folder: string) {
    const path = join(folder, FILE);
    orUnwritable(folder, () => makeFolder(folder));
    if (existsSync(path)) truncateSync(path, parse(folder).bytes);
    this.#file = orUnwritable(path, () => openSync(path, "a"));
    this.#size = fstatSync(this.#file).size;
  }

  /** Once it fails, it fails for good: a line behind a torn one would spoil the file. */
  append(record: EpisodeRecord): void {
    if (this.#failure !== null) throw this.#failure;
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    try {
      for (let done = 0; done < line.length;) done += writeSync(this.#file, line, done);
      this.#size += line.length;
    } catch (cause) {
      this.#failure = noRoom(cause);
      this.#removeTorn();
      throw this.#failure;
    }
  }

  #removeTorn(): void {
    try {
      ftruncateSync(this.#file, this.#size);
    } catch {
      // Readers do without a torn last line, too.
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

function noRoom(cause: unknown): VlaPrunerError {
  return new VlaPrunerError("output-unwritable", {
    expected: `room for a line in ${FILE}`,
    found: cause instanceof Error ? cause.message : String(cause),
    fix: "free some disk space and run again with --resume",
    cause,
  });
}

/** Records, and the bytes up to the end of the last whole line. */
function parse(folder: string): { records: EpisodeRecord[]; bytes: number } {
  const path = join(folder, FILE);
  const content = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const bytes = content.lastIndexOf(LINE_FEED) + 1;
  const lines = content.subarray(0, bytes).toString().split("\n").slice(0, -1);
  const records = new Map<string, EpisodeRecord>();
  for (const [index, line] of lines.entries()) {
    const record = recordOf(line);
    if (record === null) {
      throw new VlaPrunerError("state-invalid", {
        expected: `an episode in line ${index + 1} of ${path}`,
        found: JSON.stringify(line.slice(0, 60)),
        fix: "remove that line, or write to another folder",
      });
    }
    const key = keyOf(record);
    if (!records.has(key)) records.set(key, record);
  }
  return { records: [...records.values()], bytes };
}

function recordOf(line: string): EpisodeRecord | null {
  try {
    const value: unknown = JSON.parse(line);
    return fits(value, EPISODE) ? value : null;
  } catch {
    return null;
  }
}
