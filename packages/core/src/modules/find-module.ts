import { realpathSync, statSync } from "node:fs";
import { dirname, extname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { moduleResolve } from "import-meta-resolve";

/** What Node was started with, `--conditions=NAME`, counts here, too. */
const GIVEN = /^(?:--conditions|-C)=(.+)$/u;

/**
 * Where a module is: a `file:` URL, a path relative to the working folder, or a package as the working folder's project
 * has it, else as the program that runs has it.
 *
 * @returns `null` where there is none
 */
export function findModule(name: string): URL | null {
  if (name === "") return null;
  const path = name.startsWith("file:") ? fileURLToPath(name) : resolve(name);
  if (isFile(path)) return pathToFileURL(path);
  if (name.startsWith(".") || isAbsolute(name)) return null;
  const projects = [
    pathToFileURL(join(process.cwd(), "package.json")),
    ...program(),
    new URL(import.meta.url),
  ];
  for (const project of projects) {
    const found = findPackage(name, project);
    if (found !== null) return found;
  }
  return null;
}

/** `MODULE/convert`: another entry of the same package, or a file beside the module's own. */
export function findCompanion(name: string, companion: string): URL | null {
  const own = findModule(name);
  if (own === null) return null;
  if (!isFile(resolve(name))) return findModule(`${name}/${companion}`);
  const path = fileURLToPath(own);
  const beside = join(dirname(path), `${companion}${extname(path)}`);
  return isFile(beside) ? pathToFileURL(beside) : null;
}

function findPackage(name: string, from: URL): URL | null {
  const given = process.execArgv.flatMap((word) => GIVEN.exec(word)?.[1] ?? []);
  try {
    const url = moduleResolve(name, from, new Set(["node", "import", ...given]));
    // A package without `exports` may name any path below it, there or not.
    return url.protocol !== "file:" || isFile(fileURLToPath(url)) ? url : null;
  } catch {
    return null;
  }
}

/** What Node was started with: its packages may not be the working folder's. */
function program(): URL[] {
  const [, script] = process.argv;
  return script === undefined || !isFile(script) ? [] : [pathToFileURL(realpathSync(script))];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
