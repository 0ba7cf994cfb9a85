/**
 * Compiles the script and the style of the viewer's page, `packages/eval/src/viewer/browser`, into a module that the
 * page is written from, so that neither sources, build nor package read files when they write a page.
 *
 *     node --import tsx --conditions=@vla-pruner/source tools/make-viewer.ts
 */
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const viewer = join(import.meta.dirname, "..", "packages", "eval", "src", "viewer");

/** Where the module is. */
export const MADE: string = join(viewer, "page", "made-from-browser.ts");

/** The module's text. */
export async function makeViewer(): Promise<string> {
  const [script, style] = [await compiled("start.ts"), await compiled("page.css")];
  return [
    "// Made by tools/make-viewer.ts from ../browser: edit there.",
    `export const SCRIPT: string = ${JSON.stringify(script)};`,
    `export const STYLE: string = ${JSON.stringify(style)};`,
    "",
  ].join("\n");
}

async function compiled(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(viewer, "browser", name)],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    write: false,
  });
  return outputFiles.map(({ text }) => text.trim()).join("");
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1] ?? "")).href)
  await writeFile(MADE, await makeViewer());
