/** Milliseconds that a process which ends waits for a run under way. */
const PATIENCE = 30_000;
const BUSY = 0;
const HALTED = 1;

/** Whether a worker thread is at work, and whether it may begin; shared by both sides, `[busy, halted]`. */
export type BusyFlags = Int32Array<SharedArrayBuffer>;

export function busyFlags(): BusyFlags {
  return new Int32Array(new SharedArrayBuffer(8));
}

/** The thread's side: work does not begin once the process ends, and is seen while it goes on. */
export class BusyCount {
  readonly #flags: BusyFlags;
  #count = 0;

  constructor(flags: BusyFlags) {
    this.#flags = flags;
  }

  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#count += 1;
    Atomics.store(this.#flags, BUSY, this.#count); // Before the other flag is read: the other side does it in reverse.
    try {
      if (Atomics.load(this.#flags, HALTED) === 1) throw new Error("the process ends");
      return await work();
    } finally {
      this.#count -= 1;
      Atomics.store(this.#flags, BUSY, this.#count);
      Atomics.notify(this.#flags, BUSY);
    }
  }
}

/** The other side, in a process that ends: nothing begins any more, and what is under way comes to an end. */
export function haltAndWait(flags: BusyFlags, tell: () => void): void {
  Atomics.store(flags, HALTED, 1);
  tell();
  const until = performance.now() + PATIENCE;
  for (let busy = Atomics.load(flags, BUSY); busy > 0; busy = Atomics.load(flags, BUSY)) {
    const left = until - performance.now();
    if (left <= 0) return;
    Atomics.wait(flags, BUSY, busy, left);
  }
}
