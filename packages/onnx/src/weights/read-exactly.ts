import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { VlaPrunerError } from "@vla-pruner/format";

/** Largest single read that the operating system takes. */
const READ_LIMIT = 2 ** 30;

/**
 * `length` bytes from `at` on.
 *
 * @throws `checkpoint-truncated` when the file ends before, `checkpoint-invalid` when it cannot be read
 */
export async function readExactly(
  handle: FileHandle,
  path: string,
  at: number,
  length: number,
): Promise<Buffer> {
  const { size } = await handle.stat().catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (at + length > size) throw truncated(path, at + length, size);
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle
      .read(buffer, done, Math.min(length - done, READ_LIMIT), at + done)
      .catch((cause: unknown) => {
        throw unreadable(path, cause);
      });
    if (bytesRead === 0) throw truncated(path, at + length, at + done);
    done += bytesRead;
  }
  return buffer;
}

export function truncated(path: string, expected: number, found: number): VlaPrunerError {
  return new VlaPrunerError("checkpoint-truncated", {
    expected: `${basename(path)} of at least ${expected} bytes`,
    found: `${found}`,
    fix: "download the file again; it was cut short",
  });
}

function unreadable(path: string, cause: unknown): VlaPrunerError {
  return new VlaPrunerError("checkpoint-invalid", {
    expected: `a file that can be read at ${path}`,
    found: cause instanceof Error ? cause.message : String(cause),
    fix: "check the file, or download it again",
    cause,
  });
}
