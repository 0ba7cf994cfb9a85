import { VlaPrunerError } from "@vla-pruner/format";
import { findCompanion, findModule } from "./find-module.ts";

/** The exports of a module, by name. */
export type LoadedModule = Readonly<Record<string, unknown>>;

/**
 * A module that a user names: a path relative to the working folder, or a package, looked for in the working folder's
 * project first.
 *
 * @throws `plugin-invalid` where there is none, or it cannot be loaded
 */
export async function loadModule(name: string): Promise<LoadedModule> {
  return importFrom(locateModule(name), name);
}

/** Where it is. @throws `plugin-invalid` where there is none */
export function locateModule(name: string): URL {
  const url = findModule(name);
  if (url !== null) return url;
  throw new VlaPrunerError("plugin-invalid", {
    expected: `a module: a file, or a package that is installed in ${process.cwd()}`,
    found: name || "an empty name",
    fix: "check the path, or install the package",
  });
}

/** `MODULE/convert`, where there is one. @throws `plugin-invalid` where it cannot be loaded */
export async function loadCompanion(name: string, companion: string): Promise<LoadedModule | null> {
  const url = findCompanion(name, companion);
  return url === null ? null : importFrom(url, `${name}/${companion}`);
}

/** @param name as it was written, for errors */
export async function importFrom(url: URL, name: string): Promise<LoadedModule> {
  try {
    return (await import(url.href)) as LoadedModule;
  } catch (cause) {
    if (VlaPrunerError.is(cause)) throw cause;
    const code = (cause as NodeJS.ErrnoException | null)?.code;
    throw new VlaPrunerError("plugin-invalid", {
      expected: `a module that can be loaded: ${name}`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix:
        code === "ERR_UNKNOWN_FILE_EXTENSION"
          ? "compile it to JavaScript, or start node with --import tsx"
          : "correct the module, or install what it imports",
      cause,
    });
  }
}
