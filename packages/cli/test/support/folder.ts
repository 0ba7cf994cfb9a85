import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];
process.on("exit", () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A new folder, with a space and a letter beyond ASCII in its name; removed when the tests end. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "vla pruner té-"));
  made.push(folder);
  return folder;
}
