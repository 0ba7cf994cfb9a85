import { VlaPrunerError } from "@vla-pruner/format";
import validate from "validate-npm-package-name";

/** The forms that the name of a package takes within it. */
export interface PluginNames {
  /** `@me/vla-plugin-tiny-octo` */
  readonly packageName: string;
  /** Without the scope: `vla-plugin-tiny-octo`. */
  readonly folder: string;
  readonly architecture: string;
  /** What files and identifiers begin with: `["tiny", "octo"]`. */
  readonly words: readonly string[];
}

const CONVENTION = /^(?:vla-pruner-plugin|vla-pruner|vla-plugin|plugin)-/u;

/**
 * The names in a package: its own name without scope, `vla-plugin-` and `-vla` is what all of them begin with.
 *
 * @param architecture as the user wants it; the package's name without scope and `vla-plugin-` where absent
 * @throws `invalid-option` for what npm refuses, or no identifier can be made of
 */
export function pluginNames(packageName: string, architecture?: string): PluginNames {
  const { validForNewPackages, errors = [], warnings = [] } = validate(packageName);
  if (!validForNewPackages)
    throw invalid("a name that npm takes: @me/vla-plugin-foo", packageName, [...errors, ...warnings]);
  const folder = packageName.replace(/^@[^/]*\//u, "");
  const own = folder.replace(CONVENTION, "");
  const words = own
    .replace(/-vla$/u, "")
    .split(/[^a-z0-9]+/u)
    .filter((word) => word !== "");
  if (!/^[a-z]/u.test(words[0] ?? ""))
    throw invalid("a name of which identifiers can be made: @me/vla-plugin-foo", packageName);
  const chosen = architecture ?? own;
  if (!/^[a-z0-9][\w.-]*$/iu.test(chosen))
    throw invalid("--architecture: letters, digits, dots and dashes", chosen);
  return { packageName, folder, architecture: chosen, words };
}

function invalid(expected: string, found: string, reasons: readonly string[] = []): VlaPrunerError {
  const because = reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;
  return new VlaPrunerError("invalid-option", {
    expected,
    found: `${JSON.stringify(found)}${because}`,
    fix: "choose another name",
  });
}
