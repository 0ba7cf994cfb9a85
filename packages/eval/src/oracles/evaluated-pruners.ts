import { PRUNERS, VLA_PRUNER_OPTIONS, vlaPruner, withCurrentAction } from "@vla-pruner/core";
import type { NamedPruner, Policy, PrunerOptions, StageMiddleware, TokenPruner } from "@vla-pruner/core";
import { prunerNamed } from "@vla-pruner/core/modules";
import { actionNow } from "./action-now.ts";
import {
  actionDiverse,
  actionOnly,
  denseAtFirst,
  noDiversity,
  semanticDiverse,
  semanticOnly,
} from "./ablations.ts";
import { taskOracle } from "./task-oracle.ts";

/** Until the window is full: prune by what there is, or keep everything. The same for every method. */
export type Warmup = "semantic" | "dense";

/** A pruner under a name of the user's, with options of its own. */
export interface Variant {
  /** Any name of `EVALUATED_PRUNERS`, or `MODULE#export`. */
  readonly pruner: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A pruner of one episode, and what goes around its stages. */
export interface EpisodePruner {
  readonly pruner: TokenPruner;
  readonly middleware?: readonly StageMiddleware[];
}

/** What the pruners that never name candidates read: they are never without a map, or choose by one score. */
const WITHOUT_CANDIDATES = VLA_PRUNER_OPTIONS.filter((option) => option !== "candidates");

/** Those that read the true action map of the very call, in place of a forecast. */
const WITH_TRUE_MAP: Readonly<Record<string, NamedPruner>> = {
  "action-now": { make: vlaPruner, reads: VLA_PRUNER_OPTIONS },
  "action-now-only": { make: actionOnly, reads: WITHOUT_CANDIDATES },
  "action-now-no-diversity": { make: noDiversity, reads: WITHOUT_CANDIDATES },
};

/** Everything that an evaluation can compare: core's pruners, ablations of VLA-Pruner, what a robot may add to it, oracles. */
const EVALUATED: Readonly<Record<string, NamedPruner>> = {
  ...PRUNERS,
  "action-only": { make: actionOnly, reads: VLA_PRUNER_OPTIONS },
  "semantic-only": { make: semanticOnly, reads: VLA_PRUNER_OPTIONS },
  "no-diversity": { make: noDiversity, reads: VLA_PRUNER_OPTIONS },
  "action-diverse": { make: actionDiverse, reads: VLA_PRUNER_OPTIONS },
  "semantic-diverse": { make: semanticDiverse, reads: VLA_PRUNER_OPTIONS },
  "current-action": {
    make: (options) => withCurrentAction(vlaPruner(options)),
    reads: VLA_PRUNER_OPTIONS,
  },
  oracle: { make: taskOracle, reads: ["retention", "budget", "window"], temporal: false },
  ...WITH_TRUE_MAP,
};

export const EVALUATED_PRUNERS: readonly string[] = Object.keys(EVALUATED);

/**
 * The pruner of one episode, by its name or out of a module, `MODULE#export`.
 *
 * @param options retention and seed, and what a variant adds
 * @throws `invalid-option`, `plugin-invalid`
 */
export async function evaluatedPruner(
  name: string,
  policy: Policy,
  options: PrunerOptions,
  warmup: Warmup,
): Promise<EpisodePruner> {
  const chosen = await prunerNamed(name, EVALUATED);
  const given = { ...options, ...((chosen.reads?.includes("warmup") ?? true) && { warmup }) };
  const made = { ...chosen.make(given), name };
  const dense = warmup === "dense" && made.retention !== 1;
  const pruner = dense ? denseAtFirst(made, options.window) : made;
  if (!Object.hasOwn(WITH_TRUE_MAP, name)) return { pruner };
  return { pruner, middleware: [actionNow(policy, made.temporal)] };
}

/**
 * @throws `invalid-option` for a name that is neither a pruner's nor a variant's, or options that it does not take;
 * `plugin-invalid` for a module that gives no pruner
 */
export async function checkPruner(name: string, variants: Readonly<Record<string, Variant>>): Promise<void> {
  const variant = Object.hasOwn(variants, name) ? variants[name] : undefined;
  const chosen = await prunerNamed(variant?.pruner ?? name, EVALUATED, Object.keys(variants));
  if (variant === undefined) return;
  chosen.check(variant.options);
  // It checks the range of every option that there is; a module's factory may have some of its own.
  if (chosen.reads !== null) vlaPruner({ ...variant.options, retention: 0.5 });
}
