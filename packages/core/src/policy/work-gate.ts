import { VlaPrunerError } from "@vla-pruner/format";

/** Lets work on something begin until it is closed; closing waits for the work that has begun. */
export class WorkGate {
  readonly #what: string;
  readonly #running = new Set<Promise<unknown>>();
  #closed = false;

  /** @param what it guards, for the error: "policy" */
  constructor(what: string) {
    this.#what = what;
  }

  /** @throws `disposed` once it is closed */
  assertOpen(): void {
    if (!this.#closed) return;
    throw new VlaPrunerError("disposed", {
      expected: `a live ${this.#what}`,
      found: "one that was disposed",
      fix: "load the model again",
    });
  }

  /** @throws `disposed` once it is closed */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    this.assertOpen();
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Refuses further work, and resolves when all that has begun is done. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#running);
  }
}
