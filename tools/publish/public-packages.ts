import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Root of the repository. */
export const REPOSITORY = resolve(import.meta.dirname, "..", "..");

/** A package that users install. */
export interface PublicPackage {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  /** Where the sources lie; a registry that attests provenance wants it. */
  readonly repository?: unknown;
}

/** Every package below `packages` that is not private. */
export function publicPackages(): PublicPackage[] {
  return readdirSync(join(REPOSITORY, "packages"))
    .map((name) => join(REPOSITORY, "packages", name))
    .filter((folder) => existsSync(join(folder, "package.json")))
    .map((folder) => ({ ...JSON.parse(readFileSync(join(folder, "package.json"), "utf8")), folder }))
    .filter((manifest) => manifest.private !== true);
}

/** Words that make a recursive pnpm command look at the public packages only. */
export function filterWords(): string[] {
  return ["--recursive", ...publicPackages().map(({ name }) => `--filter=${name}`)];
}
