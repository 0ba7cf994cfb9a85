import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs with a temporary folder that is gone afterwards, also when the process is interrupted. */
export async function inScratchFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "vla-pruner-smoke-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.once("exit", remove);
  try {
    return await run(folder);
  } finally {
    process.off("exit", remove);
    remove();
  }
}

/** Makes an npm project without dependencies below `parent`; returns its folder. */
export function emptyProject(parent: string): string {
  const folder = join(parent, "project");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "name": "smoke", "private": true, "type": "module" }\n');
  return folder;
}
