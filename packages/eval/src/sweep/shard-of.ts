import { VlaPrunerError } from "@vla-pruner/format";
import type { Job } from "./types.ts";

/** One of so many parts of a sweep, from 1 on. */
export interface Shard {
  readonly part: number;
  readonly of: number;
}

/**
 * The jobs of a part. Whole seeds: what is compared in pairs is played on one machine.
 *
 * @throws `invalid-option` for a part without episodes
 */
export function shardOf(jobs: readonly Job[], shard: Shard = { part: 1, of: 1 }): Job[] {
  const { part, of } = shard;
  const whole = [part, of].every((number) => Number.isSafeInteger(number));
  if (!whole || part < 1 || part > of) throw invalid("a part of 1 to as many as there are", `${part}/${of}`);
  const seeds = [...new Set(jobs.map(({ seed }) => seed))];
  if (seeds.length < of) throw invalid(`at most ${seeds.length} parts, as there are episodes`, String(of));
  const own = new Set(seeds.filter((_, index) => index % of === part - 1));
  return jobs.filter(({ seed }) => own.has(seed));
}

function invalid(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: `--shard: ${expected}`,
    found,
    fix: "write --shard 1/4 for the first of four",
  });
}
