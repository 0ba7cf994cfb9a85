import { VlaPrunerError } from "@vla-pruner/format";
import type { PluginNames } from "./plugin-names.ts";

/** What stands in the template, and what it becomes. The first that matches at a place counts. */
type Renaming = readonly (readonly [pattern: string, text: string])[];

/** Files that mean something to npm wherever they lie: it would leave out the one, and read the other. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  _gitignore: ".gitignore",
  "_package.json": "package.json",
};

function renamingFor({ packageName, architecture, words }: PluginNames, version: string): Renaming {
  const [first = "", ...others] = words;
  const kebab = words.join("-");
  const camel = first + others.map(capital).join("");
  return [
    ["@me/vla-plugin-toy", packageName],
    ["\\^0\\.0\\.0", `^${version}`],
    ["toy(?=-\\w+\\.ts\\b)", kebab],
    ["toy-vla", architecture],
    ["toy(?=:)", words.length === 1 ? kebab : JSON.stringify(kebab)],
    ["toy(?=[A-Z])", camel],
    ["Toy", capital(camel)],
    ["TOY", words.join("_").toUpperCase()],
    ["\\btoy\\b", kebab],
  ];
}

/**
 * The template under the names of a plugin.
 *
 * @param files path → text
 * @param version of VLA-Pruner that the plugin asks for
 * @throws `invalid-option` where a name comes out as one that the template uses for something else
 */
export function renameTemplate(
  files: ReadonlyMap<string, string>,
  names: PluginNames,
  version: string,
): Map<string, string> {
  const renaming = renamingFor(names, version);
  const any = new RegExp(renaming.map(([pattern]) => `(${pattern})`).join("|"), "gu");
  const rename = (text: string): string =>
    text.replaceAll(any, (_, ...groups: unknown[]) => renaming[groups.findIndex(isMatched)]?.[1] ?? "");
  refuseClash([...files.values()].join("\n"), names, rename);
  return new Map([...files].map(([path, text]) => [OWN_NAMES[path] ?? rename(path), rename(text)]));
}

function refuseClash(text: string, { packageName }: PluginNames, rename: (word: string) => string): void {
  const all = new Set(text.match(/[A-Za-z_$][\w$]*/gu));
  const clash = [...all].find(
    (word) => /^toy./iu.test(word) && rename(word) !== word && all.has(rename(word)),
  );
  if (clash === undefined) return;
  throw new VlaPrunerError("invalid-option", {
    expected: "a name that leaves the template's own identifiers apart",
    found: `${JSON.stringify(packageName)}, which gives a second ${rename(clash)}`,
    fix: "choose another name",
  });
}

function isMatched(group: unknown): boolean {
  return group !== undefined;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
