import { prunerByName, PRUNERS, vlaPruner } from "@vla-pruner/core";
import type { Policy, PrunerOptions, TokenPruner } from "@vla-pruner/core";
import { VlaPrunerError } from "@vla-pruner/errors";
import {
  actionDiverse,
  actionOnly,
  denseAtFirst,
  noDiversity,
  semanticDiverse,
  semanticOnly,
} from "./ablations.ts";
import { actionNow } from "./action-now.ts";
import { currentAction } from "./current-action.ts";
import type { InformedPruner } from "./informed-pruner.ts";
import { checkPrunerOptions } from "./pruner-options.ts";
import { taskOracle } from "./task-oracle.ts";

/** Until the window is full: prune by what there is, or keep everything. The same for every method. */
export type Warmup = "semantic" | "dense";

/** A pruner under a name of the user's, with options of its own. */
export interface Variant {
  /** Any name of `EVALUATED_PRUNERS`. */
  readonly pruner: string;
  readonly options: Readonly<Record<string, unknown>>;
}

const ABLATIONS: Readonly<Record<string, (options: PrunerOptions) => TokenPruner>> = {
  "action-only": actionOnly,
  "semantic-only": semanticOnly,
  "no-diversity": noDiversity,
  "action-diverse": actionDiverse,
  "semantic-diverse": semanticDiverse,
};

/** Pruners that a context is not enough for: they need the policy, or the simulator. */
const INFORMED: Readonly<Record<string, (policy: Policy, options: PrunerOptions) => InformedPruner>> = {
  "current-action": currentAction,
  oracle: (_policy, options) => taskOracle(options),
  "action-now": (policy, options) => actionNow(policy, "action-now", options),
  "action-now-only": (policy, options) => actionNow(policy, "action-now-only", options, actionOnly),
  "action-now-no-diversity": (policy, options) =>
    actionNow(policy, "action-now-no-diversity", options, noDiversity),
};

/** Everything that an evaluation can compare: core's pruners, ablations of VLA-Pruner, what an adapter adds to it, oracles. */
export const EVALUATED_PRUNERS: readonly string[] = [
  ...Object.keys(PRUNERS),
  ...Object.keys(ABLATIONS),
  ...Object.keys(INFORMED),
];

/**
 * The pruner of one episode, by its name.
 *
 * @param options retention and seed, and what a variant adds
 * @throws `invalid-option`
 */
export function evaluatedPruner(
  name: string,
  policy: Policy,
  options: PrunerOptions,
  warmup: Warmup,
): InformedPruner {
  const given = { ...options, warmup };
  const make = Object.hasOwn(INFORMED, name) ? INFORMED[name] : undefined;
  const informed = make?.(policy, given) ?? { pruner: sightedPruner(name, given) };
  if (warmup === "semantic" || informed.pruner.retention === 1) return informed;
  return { ...informed, pruner: denseAtFirst(informed.pruner, options.window) };
}

/** A pruner that needs no policy and no simulator. */
function sightedPruner(name: string, options: PrunerOptions): TokenPruner {
  const ablation = Object.hasOwn(ABLATIONS, name) ? ABLATIONS[name] : undefined;
  return ablation?.(options) ?? prunerByName(name, options);
}

/** @throws `invalid-option` for a name that is neither a pruner's nor a variant's, or options that it does not take */
export function checkPruner(name: string, variants: Readonly<Record<string, Variant>>): void {
  const variant = Object.hasOwn(variants, name) ? variants[name] : undefined;
  const pruner = variant?.pruner ?? name;
  if (!EVALUATED_PRUNERS.includes(pruner)) {
    throw new VlaPrunerError("invalid-option", {
      expected: `a pruner: ${[...EVALUATED_PRUNERS, ...Object.keys(variants)].join(", ")}`,
      found: pruner,
      fix: "choose one of these, or define it with --variant",
    });
  }
  if (variant === undefined) return;
  checkPrunerOptions(pruner, variant.options);
  vlaPruner({ ...variant.options, retention: 0.5 }); // It checks the range of every option there is.
}
