import { sumOf } from "../statistics.ts";

interface Timed {
  /** Milliseconds by stage. */
  readonly timings: Readonly<Record<string, number>>;
}

/** Milliseconds of a call, all stages together. */
export function callMilliseconds({ timings }: Timed): number {
  return sumOf(Object.values(timings));
}
