import { readdir, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The bytes of a safetensors file with this header text and data. */
export function safetensorsBytes(header: string, data: Uint8Array = new Uint8Array(0)): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), data]);
}

/** A header entry, right unless told otherwise. */
export function entry(
  shape: readonly number[],
  begin: number,
  end: number,
  dtype = "F32",
): Record<string, unknown> {
  return { dtype, shape, data_offsets: [begin, end] };
}

/** Writes files into a folder: bytes as they are, strings as text, other values as JSON. */
export async function writeFiles(folder: string, files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const raw = typeof content === "string" || content instanceof Uint8Array;
    await writeFile(join(folder, name), raw ? content : JSON.stringify(content));
  }
}

/** Files below `folder` that this process holds open; `null` where the system does not tell. */
export async function openHandles(folder: string): Promise<string[] | null> {
  if (process.platform !== "linux") return null;
  const handles = await readdir("/proc/self/fd");
  const targets = await Promise.all(
    handles.map((handle) => readlink(`/proc/self/fd/${handle}`).catch(() => "")),
  );
  return targets.filter((target) => target.startsWith(folder));
}
