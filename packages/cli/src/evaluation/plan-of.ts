import { basename, resolve } from "node:path";
import { VlaPrunerError } from "@vla-pruner/format";
import { checkCameras } from "@vla-pruner/eval";
import type { SweepPlan, SweptPolicy, Variant, Warmup } from "@vla-pruner/eval";
import { SUITES } from "@vla-pruner/sim";
import type { Disturbances, SuiteName, Task } from "@vla-pruner/sim";
import type { DraftSource } from "../options/draft-option.ts";
import type { ModelOptions } from "../options/model-options.ts";
import { loadPlugins } from "../plugins/load-plugins.ts";
import { isServed, placeOf, withServed } from "./served-policy.ts";
import { taskOf } from "./task-of.ts";

/** What `vla-pruner eval` was asked for. */
export interface PlanOptions extends ModelOptions {
  readonly policy?: readonly string[];
  /** All that ship, unless there are tasks. */
  readonly suite?: readonly string[];
  /** Single tasks, by name or as files. */
  readonly task?: readonly string[];
  readonly pruners: readonly string[];
  readonly retention: readonly number[];
  readonly warmup: Warmup | "both";
  readonly episodes: number;
  readonly seed: number;
  readonly execute?: number;
  readonly horizon?: number;
  readonly draft: DraftSource;
  /** Policies that choose tokens ahead, by name; all of them for `true`. */
  readonly ahead?: true | readonly string[];
  readonly variant?: Readonly<Record<string, Variant>>;
  readonly disturb?: Disturbances;
}

/** The plan behind the options. @throws `invalid-option`, `model-missing`, `server-unreachable`, `task-invalid` */
export async function planOf(options: PlanOptions): Promise<SweepPlan> {
  const {
    policy = [],
    task = [],
    suite = task.length === 0 ? Object.keys(SUITES) : [],
    pruners,
    retention,
    warmup,
    episodes,
    seed,
    execute,
    horizon,
    draft,
    ahead,
    variant = {},
    disturb,
    device,
    dtype,
    unnormKey,
    centerCrop,
    camera,
    plugin,
  } = options;
  if (policy.length === 0) {
    throw new VlaPrunerError("model-missing", {
      expected: "a model directory to evaluate",
      found: "none",
      fix: "pass --policy <model-dir>, once for each",
    });
  }
  if (camera) checkCameras(camera);
  await loadPlugins(plugin, {}); // A bad one fails here, not in every worker.
  const plan: SweepPlan = {
    policies: lookingAhead(policy.map(policyOf), ahead),
    pruners,
    retentions: retention,
    warmups: warmup === "both" ? ["semantic", "dense"] : [warmup],
    suites: await suitesOf(suite, task),
    episodes,
    first: seed,
    settings: {
      variants: variant,
      ...(execute !== undefined && { execute }),
      ...(horizon !== undefined && { horizon }),
      ...(disturb !== undefined && { disturbances: disturb }),
      // Absent where it is the default: so that journals of before there was a choice can be gone on with.
      ...(device !== "cpu" && { device }),
      ...(dtype && { dtype }),
      ...(unnormKey !== undefined && { unnormKey }),
      ...(centerCrop === true && { centerCrop }),
      ...(camera && { cameras: camera }),
      ...(draft !== "none" && { draft }),
    },
  };
  return withServed(plan, options);
}

/** `DIR` or a server's address, or `NAME=DIR` for a name of its own in reports. */
function policyOf(word: string): { name: string; path: string } {
  const split = isServed(word) ? -1 : word.indexOf("=");
  const given = word.slice(split + 1);
  const [path, own] = isServed(given) ? [given, placeOf(given)] : [resolve(given), basename(resolve(given))];
  return { name: split < 0 ? own : word.slice(0, split), path };
}

/** The policies, those that choose ahead marked. @throws `invalid-option` for a name that none has */
function lookingAhead(
  policies: readonly SweptPolicy[],
  ahead: PlanOptions["ahead"] = [],
): readonly SweptPolicy[] {
  const names = policies.map(({ name }) => name);
  const chosen = ahead === true ? names : ahead;
  const unknown = chosen.find((name) => !names.includes(name));
  if (unknown === undefined)
    return policies.map((policy) => ({ ...policy, ...(chosen.includes(policy.name) && { ahead: true }) }));
  throw new VlaPrunerError("invalid-option", {
    expected: `--ahead some of the policies: ${names.join(", ")}`,
    found: unknown,
    fix: "leave the names out for all; --policy NAME=DIR gives a policy its name",
  });
}

/** Whole suites, and single tasks under their suites' names. */
async function suitesOf(names: readonly string[], single: readonly string[]): Promise<SweepPlan["suites"]> {
  const tasks = [...names.flatMap(suiteNamed), ...(await Promise.all(single.map(taskOf)))];
  const suites: Record<string, Task[]> = {};
  for (const task of tasks) suites[task.suite] = [...(suites[task.suite] ?? []), task];
  return suites;
}

function suiteNamed(name: string): readonly Task[] {
  const suite = Object.hasOwn(SUITES, name) ? SUITES[name as SuiteName] : undefined;
  if (suite !== undefined) return suite;
  throw new VlaPrunerError("invalid-option", {
    expected: `a suite: ${Object.keys(SUITES).join(", ")}`,
    found: name,
    fix: "leave --suite out for all",
  });
}
