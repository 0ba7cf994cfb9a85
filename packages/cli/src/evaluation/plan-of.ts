import { basename, resolve } from "node:path";
import { VlaPrunerError } from "@vla-pruner/errors";
import type { SweepPlan, Variant, Warmup } from "@vla-pruner/eval";
import { SUITES } from "@vla-pruner/sim";
import type { Disturbances, SuiteName, Task } from "@vla-pruner/sim";

/** What `vla-pruner eval` was asked for. */
export interface PlanOptions {
  readonly policy?: readonly string[];
  readonly suite: readonly string[];
  readonly pruners: readonly string[];
  readonly retention: readonly number[];
  readonly warmup: Warmup | "both";
  readonly episodes: number;
  readonly seed: number;
  readonly execute?: number;
  readonly horizon?: number;
  readonly variant: Readonly<Record<string, Variant>>;
  readonly disturb?: Disturbances;
}

/** The plan behind the options. @throws `invalid-option`, `model-missing` */
export function planOf(options: PlanOptions): SweepPlan {
  const {
    policy = [],
    suite,
    pruners,
    retention,
    warmup,
    episodes,
    seed,
    execute,
    horizon,
    variant,
    disturb,
  } = options;
  if (policy.length === 0) {
    throw new VlaPrunerError("model-missing", {
      expected: "a model directory to evaluate",
      found: "none",
      fix: "pass --policy <model-dir>, once for each",
    });
  }
  return {
    policies: policy.map(policyOf),
    pruners,
    retentions: retention,
    warmups: warmup === "both" ? ["semantic", "dense"] : [warmup],
    suites: Object.fromEntries(suite.map((name) => [name, suiteNamed(name)])),
    episodes,
    first: seed,
    settings: {
      variants: variant,
      ...(execute !== undefined && { execute }),
      ...(horizon !== undefined && { horizon }),
      ...(disturb !== undefined && { disturbances: disturb }),
    },
  };
}

/** `DIR`, or `NAME=DIR` for a name of its own in reports. */
function policyOf(word: string): { name: string; path: string } {
  const split = word.indexOf("=");
  const path = resolve(word.slice(split + 1));
  return { name: split < 0 ? basename(path) : word.slice(0, split), path };
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
