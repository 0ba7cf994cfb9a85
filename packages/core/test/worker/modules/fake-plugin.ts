import { FakeAdapter } from "@vla-pruner/core/testing";
import type { StageMiddleware, VlaPlugin } from "../../../src/index.ts";

/** A plugin without a model, as a user's own would be: by its name. */
export function plugin({ horizon = 2 }: { readonly horizon?: number }): VlaPlugin {
  return { architecture: "fake", createAdapter: () => new FakeAdapter({ horizon }) };
}

/** What an observation asks of the worker that looks at it, in its `extras`. */
export interface Mischief {
  /** Milliseconds that the step waits in `prepare`, while messages come in. */
  readonly wait?: number;
  readonly fail?: "foreign" | "uncaught" | "exit" | "kill";
}

export const middleware: StageMiddleware = {
  async prepare(input, next) {
    const { wait, fail } = (input.observation.extras ?? {}) as Mischief;
    if (wait !== undefined) await new Promise((resolve) => setTimeout(resolve, wait));
    if (fail === "foreign") throw new RangeError("a mishap of the camera's");
    // The step must not end before: it waits for what never comes.
    if (fail === "uncaught") await new Promise(() => setTimeout(() => raise("nobody catches this")));
    if (fail === "exit") process.exit(3);
    if (fail === "kill") process.kill(process.pid, "SIGKILL");
    return next({ ...input, observation: { ...input.observation, extras: {} } });
  },
};

function raise(words: string): never {
  throw new Error(words);
}
