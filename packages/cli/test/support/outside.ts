import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeFolder } from "./folder.ts";

const TOY_FOLDER = new URL("../../../../examples/toy-vla/", import.meta.url);
/** The toy architecture of the examples, which no table of the repository names. */
export const TOY: string = fileURLToPath(new URL("index.ts", TOY_FOLDER));

const FOVEA = `
/** Keeps the first tokens of each view, and tells what it was asked for. */
export function fovea(options) {
  if (options.retention > 0.9) throw new RangeError("too much\\nfor a fovea");
  const select = ({ views }) => {
    if (options.decay === 0.1) throw new Error("lost sight");
    const keep = views.flatMap(({ start, count }) =>
      Array.from({ length: Math.ceil(options.retention * count) }, (_, index) => start + index));
    return { decision: "pruned", keep: Int32Array.from(keep), reason: JSON.stringify(options) };
  };
  return { name: "fovea", retention: options.retention, select };
}
/** The same, with options that it reads. */
export const named = { make: fovea, reads: ["retention", "budget"] };
export const nothing = () => ({ name: "nothing" });
export const word = "a word";
`;

/** A folder of a user's own, who has a pruner in \`fovea.ts\` and a plugin in the package \`robot-plugin\`. */
export function userProject(): string {
  const folder = makeFolder();
  writeFileSync(join(folder, "fovea.ts"), FOVEA);
  const inPackage = join(folder, "node_modules", "robot-plugin");
  mkdirSync(inPackage, { recursive: true });
  const exports = { ".": { import: "./index.mjs" }, "./convert": { import: "./convert.mjs" } };
  writeFileSync(join(inPackage, "package.json"), JSON.stringify({ name: "robot-plugin", exports }));
  for (const [entry, name] of Object.entries({ index: "plugin", convert: "recipe" })) {
    const toy = JSON.stringify(new URL(`${entry}.ts`, TOY_FOLDER).href);
    writeFileSync(join(inPackage, `${entry}.mjs`), `export { ${name} } from ${toy};\n`);
  }
  return folder;
}
