import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { VlaPrunerError } from "../errors/vla-pruner-error.ts";

/**
 * The folder that is meant where the root of a repository in a Hugging Face cache is given, `models--org--name`, or
 * its `snapshots`: the snapshot that `refs/main` names, else the only one. `null` for any other folder.
 *
 * @throws `checkpoint-missing` where it is not clear which snapshot is meant, or a whole cache is given
 */
export function cachedSnapshot(folder: string): string | null {
  const names = entriesOf(folder);
  if (names.includes("config.json")) return null;
  const snapshots = basename(resolve(folder)) === "snapshots" ? folder : join(folder, "snapshots");
  const repository = join(snapshots, "..");
  if (!existsSync(join(repository, "refs")) && !existsSync(join(repository, "blobs"))) {
    const cached = names.filter((name) => name.startsWith("models--"));
    if (cached.length > 0) throw unclear("one model", `a cache: ${cached.join(", ")}`, join(folder, "MODEL"));
    return null;
  }
  const there = entriesOf(snapshots).filter((name) => isFolder(join(snapshots, name)));
  const main = join(repository, "refs", "main");
  const named = existsSync(main) ? readFileSync(main, "utf8").trim() : undefined;
  const chosen = there.length === 1 ? there[0] : there.find((name) => name === named);
  if (chosen !== undefined) return join(snapshots, chosen);
  throw unclear("one snapshot, or refs/main to name it", there.join(", ") || "none", `${snapshots}/HASH`);
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function unclear(expected: string, found: string, path: string): VlaPrunerError {
  return new VlaPrunerError("checkpoint-missing", {
    expected: `${expected} of a Hugging Face cache`,
    found,
    fix: `pass the folder that is meant: ${path}`,
  });
}
