import { VlaPrunerError } from "@vla-pruner/errors";
import type { TokenPruner } from "../token-pruner.ts";
import { fastv, sparseVlm, textVision } from "./attention-pruners.ts";
import { random, uniform } from "./blind-pruners.ts";
import { divPrune } from "./div-prune.ts";
import { keepAll } from "./keep-all.ts";
import { recommended } from "./recommended.ts";
import { vlaPruner } from "./vla-pruner.ts";
import type { VlaPrunerOptions } from "./vla-pruner.ts";

/** Options of any built-in pruner; each reads those it knows. */
export type PrunerOptions = VlaPrunerOptions & { readonly seed?: number };

/** The built-in pruners by the names that the command line and the reports use. */
export const PRUNERS: Readonly<Record<string, (options: PrunerOptions) => TokenPruner>> = {
  "keep-all": keepAll,
  recommended,
  "vla-pruner": vlaPruner,
  fastv,
  "text-vision": textVision,
  sparsevlm: sparseVlm,
  divprune: divPrune,
  random,
  uniform,
};

/** Those of `PRUNERS` that are VLA-Pruner, as the paper has it and as we recommend it: they read the forecast. */
export const VLA_PRUNERS: readonly string[] = ["vla-pruner", "recommended"];

/**
 * A built-in pruner by its name. The options of temporal memory go with every pruner, so that reports
 * can compare what they record.
 */
export function prunerByName(name: string, options: PrunerOptions): TokenPruner {
  const make = Object.hasOwn(PRUNERS, name) ? PRUNERS[name] : undefined;
  if (make === undefined) {
    throw new VlaPrunerError("invalid-option", {
      expected: `a pruner: ${Object.keys(PRUNERS).join(", ")}`,
      found: name,
      fix: "choose one of these, or pass a TokenPruner of your own to vlaPipeline",
    });
  }
  return { ...make(options), temporal: { ...options } };
}
