import { mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { VlaPrunerError } from "@vla-pruner/format";
import { makeFolder } from "@vla-pruner/format/files";
import { partialName, removeLeftovers } from "./leftovers.ts";

interface WriteOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of each directory that a killed conversion left, and that was removed. */
  readonly onLeftover?: (folder: string) => void;
}

/**
 * Makes a directory all at once: `write` fills one with a temporary name beside it, which is renamed when
 * it is whole and removed when anything fails. A half-written directory never carries the real name.
 *
 * @throws `output-exists`, `output-unwritable`, `interrupted`, and whatever `write` throws
 */
export async function writeAtomically(
  out: string,
  { signal, onLeftover }: WriteOptions,
  write: (folder: string) => Promise<void>,
): Promise<void> {
  const target = resolve(out);
  const temporary = partialName(target);
  await refuseFilled(target);
  for (const leftover of await removeLeftovers(target)) onLeftover?.(leftover);
  try {
    makeFolder(dirname(target));
    await mkdir(temporary);
    await write(temporary);
    signal?.throwIfAborted();
    await refuseFilled(target);
    await rmdir(target).catch(() => undefined);
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true });
    throw asUserError(cause, target, signal);
  }
}

async function refuseFilled(target: string): Promise<void> {
  const content = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw asUserError(error, target, undefined);
  });
  if (content.length === 0) return;
  throw new VlaPrunerError("output-exists", {
    expected: `a new or empty directory at ${target}`,
    found: `one that holds ${content.length} entries`,
    fix: "remove it or choose another --out",
  });
}

function asUserError(cause: unknown, target: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) {
    return new VlaPrunerError("interrupted", {
      expected: "the conversion to run to its end",
      found: "an interruption",
      fix: `run it again; nothing was left at ${target}`,
      cause,
    });
  }
  const { code, syscall } = (cause ?? {}) as NodeJS.ErrnoException;
  // Only the checkpoint is read: that is not the output's fault.
  if (VlaPrunerError.is(cause) || code === undefined || syscall === undefined || syscall === "read")
    return cause;
  return new VlaPrunerError("output-unwritable", {
    expected: `a place that can be written at ${target}`,
    found: cause instanceof Error ? cause.message : String(cause),
    fix:
      code === "ENOSPC"
        ? "free some disk space, or choose another --out"
        : "check the permissions, or choose another --out",
    cause,
  });
}
