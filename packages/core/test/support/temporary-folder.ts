import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];
process.once("exit", () => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder that goes with the process. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "vla-pruner-"));
  made.push(folder);
  return folder;
}
