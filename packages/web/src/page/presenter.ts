/** Milliseconds that a control step is shown for, unless the worker waits. */
const PACE = 55;
/** Steps that may wait to be shown before some are left out. */
const BACKLOG = 10;

interface Entry {
  readonly show: () => void;
  /** Whether it is a step, and not only news beside one. */
  readonly takesTime: boolean;
}

/** Shows what the worker sends in order and at an even pace: it computes a chunk of steps at once. */
export class Presenter {
  readonly #waiting: Entry[] = [];
  #busy = false;

  add(show: () => void, takesTime: boolean): void {
    this.#waiting.push({ show, takesTime });
    if (!this.#busy) this.#next();
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  #next(): void {
    const entry = this.#waiting.shift();
    this.#busy = entry !== undefined;
    if (entry === undefined) return;
    entry.show();
    const hurry = document.hidden || this.#waiting.length > BACKLOG;
    setTimeout(() => this.#next(), entry.takesTime && !hurry ? PACE : 0);
  }
}
