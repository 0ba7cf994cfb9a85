import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { VlaPrunerError } from "@vla-pruner/format";
import { makeFolder, writeWhole } from "@vla-pruner/format/files";

/**
 * Makes the folder of a file that is to be written, and sees that no folder is in the file's place.
 *
 * @throws `output-unwritable`
 */
export async function prepareFile(path: string): Promise<void> {
  await orUnwritable(path, async () => makeFolder(dirname(path)));
  const there = await stat(path).catch(() => null);
  if (there !== null && !there.isFile()) throw unwritable(path, "a folder in its place");
}

/** Writes a file, over one that is there, which stays as it is where that fails. @throws `output-unwritable` */
export async function writeText(path: string, text: string): Promise<void> {
  await orUnwritable(path, async () => writeWhole(path, text));
}

async function orUnwritable(path: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    throw unwritable(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function unwritable(path: string, found: string, cause?: unknown): VlaPrunerError {
  return new VlaPrunerError("output-unwritable", {
    expected: `a file that can be written at ${path}`,
    found,
    fix: /ENOSPC/u.test(found)
      ? "free some disk space, or choose another place for it"
      : "choose another place for it",
    cause,
  });
}
