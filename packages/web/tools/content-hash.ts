import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

/** Files below a folder, by their paths from there. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .toSorted();
}

/** Eight digits that change with a file, or with any file of a folder. */
export function contentHash(path: string): string {
  const hash = createHash("sha256");
  if (statSync(path).isFile()) hash.update(readFileSync(path));
  else for (const file of filesOf(path)) hash.update(file).update(readFileSync(join(path, file)));
  return hash.digest("hex").slice(0, 8);
}
