/** Does one piece of work after another, in the order in which they were asked for; one that fails stops no other. */
export class WorkQueue {
  #last: Promise<unknown> = Promise.resolve();

  add<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
