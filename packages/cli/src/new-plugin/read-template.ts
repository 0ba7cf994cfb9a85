import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const TEMPLATE = fileURLToPath(new URL("../../template/", import.meta.url));

/** The toy of the examples is the template's `src`; the build puts a copy into the package. */
const SOURCES = import.meta.url.endsWith(".ts")
  ? fileURLToPath(new URL("../../../../examples/toy-vla/", import.meta.url))
  : join(TEMPLATE, "src");

/** Files of the package that `new-plugin` writes, under the toy's names: path, with `/`, → text. */
export function readTemplate(): Map<string, string> {
  const around = [...filesOf(TEMPLATE)].filter(([path]) => !path.startsWith("src/"));
  const sources = [...filesOf(SOURCES)].map(([path, text]) => [`src/${path}`, text] as const);
  return new Map([...around, ...sources]);
}

function filesOf(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name)).toSorted();
  return new Map(
    paths.map((path) => [relative(folder, path).replaceAll(sep, "/"), readFileSync(path, "utf8")]),
  );
}
