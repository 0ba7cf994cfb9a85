/**
 * Compiles `packages/core/src/image/*.wat` into a module that holds their bytes, so that sources, build and bundles need
 * no file beside them.
 *
 *     node --import tsx --conditions=@vla-pruner/source tools/make-from-wat.ts
 */
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import loadWabt from "wabt";

const folder = join(import.meta.dirname, "..", "packages", "core", "src", "image");

/** Where the module is. */
export const MADE: string = join(folder, "made-from-wat.ts");

/** The module's text. */
export async function makeFromWat(): Promise<string> {
  const wabt = await loadWabt();
  const binary = async (name: string): Promise<string> => {
    const file = `${name}.wat`;
    const parsed = wabt.parseWat(file, await readFile(join(folder, file), "utf8"), { simd: true });
    const { buffer } = parsed.toBinary({});
    parsed.destroy();
    return [
      `/** The binary of ${file}. */`,
      `export const ${name.toUpperCase()}: Uint8Array = bytes(`,
      `  ${JSON.stringify(Buffer.from(buffer).toString("base64"))},`,
      ");",
      "",
    ].join("\n");
  };
  return [
    "// Made by tools/make-from-wat.ts from resample.wat and normalize.wat: edit there.",
    await binary("resample"),
    await binary("normalize"),
    "function bytes(base64: string): Uint8Array {",
    "  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));",
    "}",
    "",
  ].join("\n");
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1] ?? "")).href)
  await writeFile(MADE, await makeFromWat());
