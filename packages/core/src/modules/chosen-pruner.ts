import { VlaPrunerError } from "@vla-pruner/format";
import { checkPrunerOptions, makePruner, optionsOf, withTemporalOptions } from "../pruners/pruner-options.ts";
import type { NamedPruner, PrunerOptions } from "../pruners/pruner-options.ts";
import type { TokenPruner } from "../token-pruner.ts";
import { findModule } from "./find-module.ts";
import { modulePruner } from "./module-pruner.ts";
import type { OwnPruner } from "./module-pruner.ts";

/** A pruner that someone chose by name: one of a table, or an export of a module. */
export interface ChosenPruner {
  /** As it was written; journals and reports name it so. */
  readonly name: string;
  /** Options that it reads beside retention and seed; `null` for a factory, which gets all and checks them itself. */
  readonly reads: readonly string[] | null;
  /** @throws `invalid-option` for options beside retention and seed that it does not read, or of the wrong kind */
  check(options: Readonly<Record<string, unknown>>): void;
  /** @throws `invalid-option`, `plugin-invalid` */
  make(options: PrunerOptions): TokenPruner;
}

/**
 * The pruner behind what a user wrote: a name of the table, or `MODULE[#export]`, a path relative to the working folder
 * or a package.
 *
 * @param others names that would do, too, for the error
 * @throws `invalid-option` for a name that is neither, `plugin-invalid` for a module that gives no pruner
 */
export async function prunerNamed(
  text: string,
  table: Readonly<Record<string, NamedPruner>>,
  others: readonly string[] = [],
): Promise<ChosenPruner> {
  const named = Object.hasOwn(table, text) ? table[text] : undefined;
  const own = named ?? (await moduleOf(text, [...Object.keys(table), ...others]));
  if (typeof own === "function")
    return {
      name: text,
      reads: null,
      check: () => undefined,
      make: (options) => withTemporalOptions(own(options), options),
    };
  return {
    name: text,
    reads: optionsOf(own),
    check: (options) => checkPrunerOptions(text, own, options),
    make: (options) => makePruner(text, own, options),
  };
}

async function moduleOf(text: string, names: readonly string[]): Promise<OwnPruner> {
  if (/[#/\\]/u.test(text) || findModule(text) !== null) return modulePruner(text);
  throw new VlaPrunerError("invalid-option", {
    expected: `a pruner: ${names.join(", ")}`,
    found: text,
    fix: "choose one of these, or name your own as MODULE#export",
  });
}
