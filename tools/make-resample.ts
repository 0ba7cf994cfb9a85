/**
 * Compiles `packages/core/src/image/resample.wat` into a module that holds its bytes, so that sources, build and
 * bundles need no file beside them.
 *
 *     node --import tsx --conditions=@vla-pruner/source tools/make-resample.ts
 */
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import loadWabt from "wabt";

const folder = join(import.meta.dirname, "..", "packages", "core", "src", "image");

/** Where the module is. */
export const MADE: string = join(folder, "made-from-wat.ts");

/** The module's text. */
export async function makeResample(): Promise<string> {
  const wabt = await loadWabt();
  const name = "resample.wat";
  const parsed = wabt.parseWat(name, await readFile(join(folder, name), "utf8"), { simd: true });
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  return [
    `// Made by tools/make-resample.ts from ${name}: edit there.`,
    "const BASE64 =",
    `  ${JSON.stringify(Buffer.from(buffer).toString("base64"))};`,
    "",
    "/** The binary of the module. */",
    "export const RESAMPLE: Uint8Array = Uint8Array.from(atob(BASE64), (letter) => letter.charCodeAt(0));",
    "",
  ].join("\n");
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1] ?? "")).href)
  await writeFile(MADE, await makeResample());
