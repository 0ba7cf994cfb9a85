import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { isText, objectOf, VlaPrunerError } from "@vla-pruner/format";
import type { CheckpointConfig } from "./model-recipe.ts";

const CONFIG = "config.json";

/** What became of the files of a model directory since `convert` wrote it; paths with forward slashes. */
export interface ChecksumReport {
  /** Files that were compared. */
  readonly files: number;
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  /** Not there when it was converted: nothing is known of them. */
  readonly added: readonly string[];
}

/**
 * A config whose `vla` block records the SHA-256 of every file below a folder, and of the config itself.
 *
 * @param config with a `vla` block
 */
export async function withChecksums(
  config: CheckpointConfig,
  folder: string,
  signal?: AbortSignal,
): Promise<CheckpointConfig> {
  const checksums: Record<string, string> = {};
  for (const file of await filesBelow(folder)) {
    signal?.throwIfAborted();
    checksums[file] = await checksumOf(join(folder, file));
  }
  const vla = config["vla"] as CheckpointConfig;
  checksums[CONFIG] = ownChecksum({ ...config, vla: { ...vla, checksums } });
  return { ...config, vla: { ...vla, checksums } };
}

/**
 * Compares every file of a model directory with its recorded checksum: a flipped weight loads in silence otherwise.
 *
 * @param config as it stands in the directory
 * @param onFile called before each file
 * @returns `null` where none were recorded, by versions before there were any
 * @throws `model-invalid` for a damaged record
 */
export async function verifyChecksums(
  folder: string,
  config: CheckpointConfig,
  onFile?: (file: string) => void,
): Promise<ChecksumReport | null> {
  const { checksums } = config["vla"] as { readonly checksums?: unknown };
  if (checksums === undefined) return null;
  if (!objectOf(isText)(checksums)) throw damaged(folder);
  const recorded = checksums as Readonly<Record<string, string>>;
  const present = await filesBelow(folder);
  const changed: string[] = [];
  for (const [file, checksum] of Object.entries(recorded)) {
    if (!present.includes(file)) continue;
    onFile?.(file);
    const found = file === CONFIG ? ownChecksum(config) : await checksumOf(join(folder, file));
    if (found !== checksum) changed.push(file);
  }
  return {
    files: Object.keys(recorded).length,
    changed,
    missing: Object.keys(recorded).filter((file) => !present.includes(file)),
    added: present.filter((file) => !Object.hasOwn(recorded, file)),
  };
}

/** Of what the config says, less this very checksum; white space does not count. */
function ownChecksum(config: CheckpointConfig): string {
  const vla = config["vla"] as { readonly checksums: Readonly<Record<string, string>> };
  const { [CONFIG]: _own, ...checksums } = vla.checksums;
  const text = JSON.stringify({ ...config, vla: { ...vla, checksums } });
  return createHash("sha256").update(text).digest("hex");
}

/** Paths of all files below a folder, with forward slashes, in order. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .toSorted();
}

async function checksumOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
  return hash.digest("hex");
}

function damaged(folder: string): VlaPrunerError {
  return new VlaPrunerError("model-invalid", {
    expected: `vla.checksums in ${join(folder, CONFIG)}: files and their checksums`,
    found: "something else",
    fix: "copy or download the model directory again, or convert the checkpoint again",
  });
}
