import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { filterWords, publicPackages, REPOSITORY } from "./public-packages.ts";
import { runCommand } from "./run-command.ts";

/** The file that a package is packed into: `@scope/name` 1.2.3 makes `scope-name-1.2.3.tgz`. */
function tarballOf({ name, version }: { name: string; version: string }): string {
  return `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
}

/** Removes older tarballs of the same packages: `npm install *.tgz` cannot take two versions of one. */
function removeTarballs(folder: string): void {
  const names = publicPackages().map(({ name }) => tarballOf({ name, version: "" }).replace(".tgz", ""));
  for (const file of readdirSync(folder)) {
    const isOurs = names.some((name) => file.startsWith(name) && /^\d.*\.tgz$/.test(file.slice(name.length)));
    if (isOurs) rmSync(join(folder, file));
  }
}

/** Builds every package from nothing: what is left of sources that are gone must not be packed. */
export async function buildPackages(): Promise<void> {
  for (const { folder } of publicPackages()) {
    for (const output of ["dist", "tsconfig.build.tsbuildinfo"])
      rmSync(join(folder, output), { recursive: true, force: true });
  }
  await runCommand("build", ["pnpm", "build", "--force"], { folder: REPOSITORY });
}

/** Builds and packs every public package into `folder`; returns the paths of the tarballs. */
export async function packPackages(folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  removeTarballs(folder);
  await buildPackages();
  await runCommand("pack", ["pnpm", ...filterWords(), "pack", "--pack-destination", folder], {
    folder: REPOSITORY,
  });
  return publicPackages().map((manifest) => join(folder, tarballOf(manifest)));
}
