import { join } from "node:path";
import { parseArgs } from "node:util";
import { VlaPrunerError } from "@vla-pruner/core";
import { taskNamed } from "@vla-pruner/sim";
import type { Task } from "@vla-pruner/sim";

/** What the demo was asked for. */
export interface DemoOptions {
  readonly task: Task;
  /** Number of the test episode, as in `vla-pruner eval`. */
  readonly episode: number;
  readonly retention: number;
  /** The HTML report. */
  readonly out: string;
  /** A PNG of four moments, where one is wanted. */
  readonly picture: string | null;
}

const REPOSITORY = join(import.meta.dirname, "..", "..");

const OPTIONS = {
  task: { type: "string", default: "long/can-in-bowl-carton-on-pad" },
  seed: { type: "string", default: "8" },
  retention: { type: "string", default: "0.25" },
  out: { type: "string", default: join(REPOSITORY, ".vla-pruner", "demo.html") },
  picture: { type: "string" },
} as const;

/** @throws `usage`, `task-invalid`, `invalid-option` */
export function demoOptions(words: readonly string[]): DemoOptions {
  const values = parse(words);
  if (!/^\d{1,9}$/.test(values.seed)) {
    throw new VlaPrunerError("invalid-option", {
      expected: "--seed: the number of a test episode, 0 or more",
      found: values.seed,
      fix: "leave it out for the default",
    });
  }
  return {
    task: taskNamed(values.task),
    episode: Number(values.seed),
    retention: Number(values.retention),
    out: values.out,
    picture: values.picture ?? null,
  };
}

function parse(
  words: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"] {
  try {
    return parseArgs({ args: [...words], options: OPTIONS }).values;
  } catch (cause) {
    const expected = Object.keys(OPTIONS).map((name) => `--${name} VALUE`);
    throw new VlaPrunerError("usage", {
      expected: expected.join(", "),
      found: words.join(" "),
      fix: "all of them may be left out",
      cause,
    });
  }
}
