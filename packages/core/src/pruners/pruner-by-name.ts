import { VlaPrunerError } from "@vla-pruner/format";
import type { TokenPruner } from "../token-pruner.ts";
import { fastv, sparseVlm, textVision } from "./attention-pruners.ts";
import { random, RANDOM_OPTIONS, uniform } from "./blind-pruners.ts";
import { RETENTION_OPTIONS } from "./decide.ts";
import { divPrune } from "./div-prune.ts";
import { keepAll } from "./keep-all.ts";
import { makePruner } from "./pruner-options.ts";
import type { NamedPruner, PrunerOptions } from "./pruner-options.ts";
import { recommended } from "./recommended.ts";
import { VLA_PRUNER_OPTIONS, vlaPruner } from "./vla-pruner.ts";

/** The built-in pruners by the names that the command line and the reports use. */
export const PRUNERS: Readonly<Record<string, NamedPruner>> = {
  "keep-all": { make: keepAll, reads: [] },
  recommended: { make: recommended, reads: VLA_PRUNER_OPTIONS },
  "vla-pruner": { make: vlaPruner, reads: VLA_PRUNER_OPTIONS },
  fastv: { make: fastv, reads: RETENTION_OPTIONS },
  "text-vision": { make: textVision, reads: RETENTION_OPTIONS },
  sparsevlm: { make: sparseVlm, reads: RETENTION_OPTIONS },
  divprune: { make: divPrune, reads: RETENTION_OPTIONS },
  random: { make: random, reads: RANDOM_OPTIONS },
  uniform: { make: uniform, reads: RETENTION_OPTIONS },
};

/** Those of `PRUNERS` that are VLA-Pruner, as the paper has it and as we recommend it: they read the forecast. */
export const VLA_PRUNERS: readonly string[] = ["vla-pruner", "recommended"];

/**
 * A built-in pruner by its name.
 *
 * @throws `invalid-option`, for options that it does not read, too
 */
export function prunerByName(name: string, options: PrunerOptions): TokenPruner {
  const pruner = Object.hasOwn(PRUNERS, name) ? PRUNERS[name] : undefined;
  if (pruner === undefined) {
    throw new VlaPrunerError("invalid-option", {
      expected: `a pruner: ${Object.keys(PRUNERS).join(", ")}`,
      found: name,
      fix: "choose one of these, or pass a TokenPruner of your own to vlaPipeline",
    });
  }
  return makePruner(name, pruner, options);
}
