import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Draw } from "./draw.ts";
import { damageSafetensors } from "./header-mutations.ts";
import { judge, planned } from "./judge.ts";
import type { Architecture, Outcome } from "./judge.ts";
import { mutateJson } from "./json-mutations.ts";

/** One mistake, and what became of it. */
export interface Case {
  readonly seed: number;
  readonly checkpoint: string;
  readonly file: string;
  readonly what: string;
  readonly outcome: Outcome;
}

export interface FuzzRequest {
  /** Checkpoint directories; none is written to. */
  readonly checkpoints: readonly string[];
  readonly architectures: readonly Architecture[];
  /** An empty folder to work in. */
  readonly scratch: string;
  /** Case `n` depends on the seed and on `n` alone. */
  readonly seed: number;
  readonly first?: number;
  readonly count: number;
  readonly onCase?: (made: Case) => void;
}

/** What a mistake is made in: JSON that is read, and weights. */
const MUTATED = /^(?!training|tokenizer|.*index).*\.(?:json|safetensors)$/u;
/** No case takes so long; one that does hangs. Milliseconds. */
const PATIENCE = 60_000;

/** Makes one mistake after another in copies of the checkpoints, and judges what comes of each. */
export async function runFuzz(request: FuzzRequest): Promise<Case[]> {
  const { checkpoints, architectures, scratch, seed, first = 0, count, onCase } = request;
  const subjects = await Promise.all(
    checkpoints.map((folder, index) => subjectOf(folder, join(scratch, `${index}`), architectures)),
  );
  const cases: Case[] = [];
  for (let number = first; number < first + count; number += 1) {
    const draw = new Draw(seed, number);
    const subject = draw.one(subjects);
    const file = draw.one(
      subject.files.flatMap((name) => Array<string>(name.endsWith(".json") ? 2 : 1).fill(name)),
    );
    const whole = subject.read(file);
    const text = file.endsWith(".json");
    const made = text ? mutateJson(whole.toString(), draw) : damageSafetensors(whole, draw);
    const path = join(subject.copy, file);
    unlinkSync(path);
    writeFileSync(path, "text" in made ? made.text : made.bytes);
    const outcome = await inTime(judge(subject.copy, architectures, subject.whole, !text));
    unlinkSync(path);
    place(join(subject.folder, file), path);
    const done = { seed: number, checkpoint: subject.folder, file, what: made.what, outcome };
    cases.push(done);
    onCase?.(done);
  }
  for (const { copy } of subjects) rmSync(copy, { recursive: true });
  return cases;
}

async function subjectOf(folder: string, copy: string, architectures: readonly Architecture[]) {
  mkdirSync(copy);
  for (const name of readdirSync(folder)) place(join(folder, name), join(copy, name));
  const files = readdirSync(folder).filter((name) => MUTATED.test(name));
  const read = reader(folder);
  return { folder, copy, files, read, whole: await planned(copy, architectures, true) };
}

/** Files of a folder, each read once: most mistakes are in one of a few. */
function reader(folder: string): (name: string) => Buffer {
  const known = new Map<string, Buffer>();
  return (name) => {
    const bytes = known.get(name) ?? readFileSync(join(folder, name));
    known.set(name, bytes);
    return bytes;
  };
}

/** A link, where the file systems allow it. */
function place(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

async function inTime(outcome: Promise<Outcome>): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "crash", says: `no end within ${PATIENCE} ms` }), PATIENCE);
  });
  return Promise.race([outcome, late]).finally(() => clearTimeout(timer));
}
