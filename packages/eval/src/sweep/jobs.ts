import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import { testSeed } from "@vla-pruner/sim";
import { checkPruner } from "../oracles/evaluated-pruners.ts";
import type { Warmup } from "../oracles/evaluated-pruners.ts";
import type { Job, SweepPlan, SweepSettings } from "./types.ts";

/** More would not fit into memory as jobs, nor into a life as episodes. */
const MOST_EPISODES = 100_000;

const PLAN: readonly (keyof SweepPlan)[] = [
  "policies",
  "pruners",
  "retentions",
  "warmups",
  "suites",
  "episodes",
  "first",
  "settings",
];
const SETTINGS: readonly (keyof SweepSettings)[] = [
  "variants",
  "execute",
  "horizon",
  "disturbances",
  "device",
  "dtype",
  "unnormKey",
  "centerCrop",
  "cameras",
  "draft",
];

/**
 * Every episode of a plan, seeds outermost: whenever a sweep ends, its cells are about equally full.
 *
 * @throws `invalid-option`, `plugin-invalid`
 */
export async function jobsOf(plan: SweepPlan): Promise<Job[]> {
  await checkPlan(plan);
  const { policies, suites, episodes, first = 0, settings } = plan;
  const methods = plan.pruners.flatMap((pruner) => methodsOf(pruner, plan));
  return Array.from({ length: episodes }, (_, index) => first + index).flatMap((episode) =>
    Object.entries(suites).flatMap(([suite, tasks]) =>
      policies.flatMap(({ name, path, ahead }) =>
        methods.flatMap((method) => {
          const task = tasks[episode % tasks.length];
          if (task === undefined) return [];
          const seed = testSeed(episode);
          return [{ policy: name, path, suite, ...method, task, seed, ...(ahead && { ahead }), settings }];
        }),
      ),
    ),
  );
}

interface Method {
  readonly pruner: string;
  readonly retention: number;
  readonly warmup: Warmup | null;
}

function methodsOf(pruner: string, { retentions, warmups }: SweepPlan): Method[] {
  if (pruner === "keep-all") return [{ pruner, retention: 1, warmup: null }];
  return retentions
    .filter((retention) => retention < 1)
    .flatMap((retention) => warmups.map((warmup) => ({ pruner, retention, warmup })));
}

async function checkPlan(plan: SweepPlan): Promise<void> {
  checkOptions("jobsOf", plan, PLAN);
  checkOptions("a sweep's settings", plan.settings, SETTINGS);
  const { policies, pruners, suites, episodes, retentions, settings, first = 0 } = plan;
  if (!Number.isInteger(episodes) || episodes < 1 || episodes > MOST_EPISODES) {
    throw invalid(`1 to ${MOST_EPISODES} episodes a cell`, String(episodes), "pass --episodes 20");
  }
  if (!Number.isInteger(first) || first < 0) {
    throw invalid("a first episode of 0 or more", String(first), "leave --seed out for 0");
  }
  const wrong = retentions.find((retention) => !(retention > 0 && retention <= 1));
  if (wrong !== undefined)
    throw invalid("retention ratios in (0, 1]", String(wrong), "pass --retention 0.5,0.25");
  for (const pruner of pruners) await checkPruner(pruner, settings.variants);
  const unplayed = Object.keys(settings.variants).find((name) => !pruners.includes(name));
  if (unplayed !== undefined)
    throw invalid("variants that are among the pruners", unplayed, "name it in --pruners, too");
  for (const [what, names] of Object.entries({
    policies: policies.map(({ name }) => name),
    pruners,
    suites: Object.keys(suites),
  })) {
    if (names.length === 0) throw invalid(`${what} to evaluate`, "none", "name at least one");
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined)
      throw invalid(`${what} with names of their own`, `${twice} twice`, "name each once");
  }
  if (pruners.every((pruner) => methodsOf(pruner, plan).length === 0)) {
    throw invalid("something to run", "only retention 1, and no keep-all", "pass a retention below 1");
  }
}

function invalid(expected: string, found: string, fix: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", { expected, found, fix });
}
