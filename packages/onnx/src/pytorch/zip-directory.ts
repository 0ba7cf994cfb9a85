import { VlaPrunerError } from "@vla-pruner/format";
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
