import { createHash, randomUUID } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
/** A directory that has not changed for so long is written by nobody, on whatever machine. */
const STALE = 15 * 60 * 1000;

/** This machine, in eight letters. */
function machine(): string {
  return createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
}

/** Where a directory is written until it is whole: no other conversion's name, and it tells whose it is. */
export function partialName(target: string): string {
  return `${target}.partial-${machine()}-${process.pid}-${randomUUID()}`;
}

/**
 * Removes what killed conversions to the same place have left: those of processes that are no more, and, where that
 * cannot be told, those that have not changed for a quarter of an hour.
 *
 * @returns what was removed
 */
export async function removeLeftovers(target: string): Promise<string[]> {
  const removed: string[] = [];
  for (const folder of await leftoversOf(target)) {
    if (!(await isAbandoned(folder))) continue;
    await rm(folder, { recursive: true, force: true });
    removed.push(folder);
  }
  return removed;
}

/** Directories of conversions to a place that are not whole, be they under way or left behind. */
async function leftoversOf(target: string): Promise<string[]> {
  const prefix = `${basename(target)}.partial-`;
  const pattern = new RegExp(`^(?:[0-9a-f]{8}-\\d+-)?${UUID}$`, "u");
  const names = await readdir(dirname(target)).catch(() => []);
  return names
    .filter((name) => name.startsWith(prefix) && pattern.test(name.slice(prefix.length)))
    .map((name) => join(dirname(target), name));
}

async function isAbandoned(folder: string): Promise<boolean> {
  const [, host, id] = /\.partial-([0-9a-f]{8})-(\d+)-[0-9a-f]{8}-[0-9a-f-]+$/u.exec(folder) ?? [];
  if (host === machine()) return !isRunning(Number(id));
  if (host === undefined) return true; // of a version that did not say whose it is
  const times = await Promise.all([folder, join(folder, "onnx")].map(changedAt));
  return Date.now() - Math.max(...times) > STALE;
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // somebody else's
  }
}

async function changedAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
