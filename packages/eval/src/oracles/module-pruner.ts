import { checkPrunerOptions, optionsOf } from "@vla-pruner/core";
import type { NamedPruner, PrunerOptions, TemporalOptions, TokenPruner } from "@vla-pruner/core";
import { isNumber, isObject, isText, listOf, VlaPrunerError } from "@vla-pruner/format";
import { exportsOf, loadModule } from "../modules/load-module.ts";
import type { ChosenPruner } from "./chosen-pruner.ts";

/** Export that is meant where a module stands alone. */
const EXPORT = "pruner";
const MEMORY = ["window", "decay", "unseen", "legacyWeightOrder", "actionLayers"] as const;

/**
 * A pruner of the user's: `MODULE` or `MODULE#export`, a factory of `PrunerOptions` or a `NamedPruner`. Options of the
 * temporal memory go with it as with every other.
 *
 * @throws `plugin-invalid`
 */
export async function modulePruner(text: string): Promise<ChosenPruner> {
  const split = text.lastIndexOf("#");
  const [path, name] = split < 0 ? [text, EXPORT] : [text.slice(0, split), text.slice(split + 1)];
  const module = await loadModule(path);
  const value = Object.hasOwn(module, name) ? module[name] : undefined;
  const named = isNamed(value) ? value : null;
  const make = named === null ? value : picking(named);
  if (typeof make !== "function") {
    throw new VlaPrunerError("plugin-invalid", {
      expected: `${path} to export ${name || "a name after #"}: a factory of pruners, or { make, reads }`,
      found: value === undefined ? exportsOf(module) : `${name}, which is something else`,
      fix: `name the export: ${path}#NAME`,
    });
  }
  return {
    name: text,
    reads: named === null ? null : optionsOf(named),
    check: (options) => (named === null ? undefined : checkPrunerOptions(text, named, options)),
    make: (options) =>
      withMemory(
        tokenPruner(text, () => make(options) as unknown),
        options,
      ),
  };
}

function isNamed(value: unknown): value is NamedPruner {
  return isObject(value) && typeof value["make"] === "function" && listOf(isText)(value["reads"]);
}

/** A named pruner gets what it reads, as those of the table do. */
function picking({ make, reads }: NamedPruner): (options: PrunerOptions) => unknown {
  return (options) => {
    const read = Object.entries(options).filter(([name]) => reads.some((known) => known === name));
    return make(Object.fromEntries(read) as unknown as PrunerOptions);
  };
}

/** What the factory gives, checked; it may be of a class. Errors of its own become ours: a sweep must not try them again. */
function tokenPruner(text: string, make: () => unknown): TokenPruner {
  const made = guarded(text, "a pruner", make) as TokenPruner;
  const { name, retention, select } = (made ?? {}) as Partial<TokenPruner>;
  if (!isText(name) || typeof select !== "function" || !(retention === null || isNumber(retention))) {
    throw new VlaPrunerError("plugin-invalid", {
      expected: `a TokenPruner from ${text}: name, retention (or null) and select`,
      found: isObject(made) ? Object.keys(made).join(", ") || "an empty object" : typeof made,
      fix: "correct the factory; docs/recipes/new-pruner.md has one",
    });
  }
  const { temporal, semanticRows, needsCurrentAction, memory } = made;
  return {
    name: made.name,
    retention: made.retention,
    ...(temporal && { temporal }),
    ...(semanticRows && { semanticRows }),
    ...(needsCurrentAction !== undefined && { needsCurrentAction }),
    ...(memory && { memory }),
    select: (context) => guarded(text, "a decision", () => made.select(context)),
  };
}

function withMemory(pruner: TokenPruner, options: PrunerOptions): TokenPruner {
  const given = MEMORY.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]);
  if (given.length === 0) return pruner;
  return { ...pruner, temporal: { ...pruner.temporal, ...(Object.fromEntries(given) as TemporalOptions) } };
}

function guarded<Result>(text: string, what: string, run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    if (VlaPrunerError.is(cause)) throw cause;
    throw new VlaPrunerError("plugin-invalid", {
      expected: `${what} from ${text}`,
      found: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
      fix: "correct the module",
      cause,
    });
  }
}
