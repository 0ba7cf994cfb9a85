import { isNumber, isObject, isText, listOf, VlaPrunerError } from "@vla-pruner/format";
import { derivedPruner } from "../pruners/derived-pruner.ts";
import type { NamedPruner, PrunerOptions } from "../pruners/pruner-options.ts";
import type { TokenPruner } from "../token-pruner.ts";
import { foundIn, guarded, partsOf } from "./foreign-code.ts";
import { loadModule } from "./load-module.ts";
import { splitExport } from "./split-export.ts";

/** Export that is meant where a module stands alone. */
const EXPORT = "pruner";
const FIX = "correct the module";

/** How a module makes its pruner: told what it reads, or from all options. */
export type OwnPruner = NamedPruner | ((options: PrunerOptions) => TokenPruner);

/**
 * A pruner of the user's: `MODULE` or `MODULE#export`, a factory of `PrunerOptions` or a `NamedPruner`.
 *
 * @throws `plugin-invalid`
 */
export async function modulePruner(text: string): Promise<OwnPruner> {
  const [path, name] = splitExport(text, EXPORT);
  const module = await loadModule(path);
  const value = Object.hasOwn(module, name) ? module[name] : undefined;
  if (isNamed(value)) return { ...value, make: (options) => tokenPruner(text, () => value.make(options)) };
  if (typeof value === "function") return (options) => tokenPruner(text, () => value(options) as unknown);
  throw new VlaPrunerError("plugin-invalid", {
    expected: `${path} to export ${name || "a name after #"}: a factory of pruners, or { make, reads }`,
    found: foundIn(module, name),
    fix: `name the export: ${path}#NAME`,
  });
}

function isNamed(value: unknown): value is NamedPruner {
  return isObject(value) && typeof value["make"] === "function" && listOf(isText)(value["reads"]);
}

/** What the factory gives, checked; it may be of a class. */
function tokenPruner(text: string, make: () => unknown): TokenPruner {
  const made = guarded(`a pruner from ${text}`, FIX, make) as TokenPruner;
  const { name, retention, select } = (made ?? {}) as Partial<TokenPruner>;
  if (!isText(name) || typeof select !== "function" || !(retention === null || isNumber(retention))) {
    throw new VlaPrunerError("plugin-invalid", {
      expected: `a TokenPruner from ${text}: name, retention (or null) and select`,
      found: partsOf(made),
      fix: "correct the factory; docs/recipes/new-pruner.md has one",
    });
  }
  return derivedPruner(made, {
    select: (context) => guarded(`a decision from ${text}`, FIX, () => made.select(context)),
  });
}
