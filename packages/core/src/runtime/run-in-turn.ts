/** Runs a graph; in Node at once, whatever else runs. */
export function runInTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  return work();
}
