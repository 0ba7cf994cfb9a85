const LFS = "version https://git-lfs";

/** Whether a file's first bytes are those of a Git LFS pointer: the few lines that stand for a file that was not fetched. */
export function isLfsPointer(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, LFS.length)).toString("latin1") === LFS;
}

/** For an error's `found`. */
export const LFS_POINTER = "a Git LFS pointer, not the file itself: run `git lfs pull`, or download it again";

/**
 * The text of a file of UTF-8, without a byte-order mark.
 *
 * @throws Error that says what the bytes are instead
 */
export function decodeText(bytes: Uint8Array): string {
  if (isLfsPointer(bytes)) throw new Error(LFS_POINTER);
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new Error("text in UTF-16: save it as UTF-8");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes); // which leaves a byte-order mark out
  } catch (cause) {
    throw new Error("bytes that are no UTF-8: save it as UTF-8", { cause });
  }
}
