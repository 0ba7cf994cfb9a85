import type { Cell, EpisodeRecord } from "./types.ts";

/** The identity of an episode within a table. */
export function keyOf(episode: Cell & Pick<EpisodeRecord, "task" | "seed">): string {
  const { policy, pruner, retention, warmup, suite, task, seed } = episode;
  return JSON.stringify([policy, pruner, retention, warmup, suite, task, seed]);
}
