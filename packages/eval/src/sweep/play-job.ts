import { performance } from "node:perf_hooks";
import { stepMacs } from "@vla-pruner/core";
import type { Policy, PrunerOptions, StepMacs } from "@vla-pruner/core";
import type { Simulator } from "@vla-pruner/sim";
import { runEpisode } from "../closed-loop/run-episode.ts";
import { evaluatedPruner } from "../oracles/evaluated-pruners.ts";
import type { EpisodePruner } from "../oracles/evaluated-pruners.ts";
import { checkServed } from "./check-served.ts";
import type { CallCost, EpisodeRecord, Job, ServedPolicy } from "./types.ts";

const PARTS = ["vision", "prefill", "decode", "head"] as const;

/** Plays one episode of a sweep. */
export async function playJob(
  job: Job,
  policy: Policy | ServedPolicy,
  simulator: Simulator,
): Promise<EpisodeRecord> {
  const { settings, task, seed, suite, pruner, retention, warmup } = job;
  const { execute, horizon, disturbances, cameras } = settings;
  const own = await prunerOf(job, policy);
  const { cost: sizes, pruneLayer } = policy.adapter.layout;
  const [spent, full]: [StepMacs[], StepMacs[]] = [[], []];
  const started = performance.now();
  const outcome = await runEpisode(policy, simulator, {
    ...(execute !== undefined && { execute }),
    ...(horizon !== undefined && { horizon }),
    ...(disturbances && { disturbances }),
    ...(cameras && { cameras }),
    ...own,
    task,
    seed,
    onCall: ({ result: { sequence, views, keep } }) => {
      const vision = views.reduce((sum, { count }) => sum + count, 0);
      spent.push(stepMacs(sizes, pruneLayer, sequence, sequence - vision + keep.length));
      full.push(stepMacs(sizes, pruneLayer, sequence, sequence));
    },
  });
  return {
    policy: job.policy,
    pruner,
    retention,
    warmup,
    ...outcome,
    suite,
    cost: meanCost(spent),
    denseCost: meanCost(full),
    seconds: (performance.now() - started) / 1000,
  };
}

/** A server's policy has a pruner already. */
async function prunerOf(job: Job, policy: Policy | ServedPolicy): Promise<EpisodePruner | null> {
  if ("about" in policy) {
    checkServed(job, policy.about);
    return null;
  }
  const { settings, pruner, retention, seed, warmup } = job;
  const variant = Object.hasOwn(settings.variants, pruner) ? settings.variants[pruner] : undefined;
  const options: PrunerOptions = { ...variant?.options, retention, seed };
  return evaluatedPruner(variant?.pruner ?? pruner, policy, options, warmup ?? "semantic");
}

function meanCost(calls: readonly StepMacs[]): CallCost {
  const mean = PARTS.map(
    (part) => [part, calls.reduce((sum, call) => sum + call[part], 0) / calls.length] as const,
  );
  return Object.fromEntries(mean) as unknown as CallCost;
}
