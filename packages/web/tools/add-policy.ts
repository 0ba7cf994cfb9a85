import { execFile } from "node:child_process";
import { mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PolicyEntry } from "../src/catalogue.ts";
import { contentHash, filesOf } from "./content-hash.ts";
import { REPOSITORY } from "./places.ts";

const run = promisify(execFile);
/** Files that a browser asks for. */
const SERVED = /^(onnx\/|config\.json$|tokenizer\.json$|tokenizer_config\.json$)/u;

/** Converts a checkpoint of the repository and puts it below `models`, under a name that changes with its content. */
export async function addPolicy(site: string, name: string, dtype: string): Promise<PolicyEntry> {
  const scratch = await mkdtemp(join(site, ".convert-"));
  try {
    const model = join(scratch, "model");
    await convert([join(REPOSITORY, "checkpoints", name), "--out", model, "--dtype", dtype]);
    for (const file of filesOf(model)) if (!SERVED.test(file)) await rm(join(model, file));
    const directory = `${name}-${dtype}-${contentHash(model)}`;
    const sizes = await Promise.all(filesOf(model).map(async (file) => (await stat(join(model, file))).size));
    await rename(model, join(site, "models", directory));
    const config = await readFile(join(site, "models", directory, "config.json"), "utf8");
    const { vla } = JSON.parse(config) as { vla: { architecture: string } };
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    return { kind: "policy", name, directory, architecture: vla.architecture, dtype, bytes };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Runs `vla-pruner convert` from its sources. */
export async function convert(words: readonly string[]): Promise<void> {
  const sources = [
    "--import",
    "tsx",
    "--conditions=@vla-pruner/source",
    join(REPOSITORY, "tools", "run-cli.ts"),
  ];
  await run(process.execPath, [...sources, "convert", ...words], { cwd: REPOSITORY });
}
