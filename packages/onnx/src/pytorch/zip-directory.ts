import { open } from "node:fs/promises";
import { VlaPrunerError } from "@vla-pruner/format";
import { isLfsPointer, LFS_POINTER } from "@vla-pruner/format/files";
import { openPromise } from "yauzl";

/** Where a stored (uncompressed) file of an archive lies, in bytes. */
export interface ZipEntry {
  readonly begin: number;
  readonly bytes: number;
}

/**
 * The stored files of a zip archive by name; `torch.save` never compresses.
 *
 * @throws `checkpoint-missing`, `checkpoint-invalid`
 */
export async function readZip(path: string): Promise<Map<string, ZipEntry>> {
  const entries = new Map<string, ZipEntry>();
  try {
    if (await isPointer(path)) throw new Error(LFS_POINTER);
    const archive = await openPromise(path, { autoClose: false });
    try {
      for await (const entry of archive.eachEntry()) {
        if (entry.compressionMethod !== 0) throw new Error(`a compressed file ${entry.fileName}`);
        const { fileDataStart } = await archive.readLocalFileHeaderPromise(entry, { minimal: true });
        if (fileDataStart + entry.uncompressedSize > archive.fileSize)
          throw new Error(`a file ${entry.fileName} that is cut short`);
        entries.set(entry.fileName, { begin: fileDataStart, bytes: entry.uncompressedSize });
      }
    } finally {
      archive.close();
    }
  } catch (cause) {
    const absent = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new VlaPrunerError(absent ? "checkpoint-missing" : "checkpoint-invalid", {
      expected: `a PyTorch file (zip) at ${path}`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "download it again; files of PyTorch before 1.6 must be saved again by a newer one",
      cause,
    });
  }
  return entries;
}

async function isPointer(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return isLfsPointer(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
