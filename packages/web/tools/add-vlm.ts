import { cp, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { dtypeWithSuffix } from "@vla-pruner/format";
import type { VlmEntry } from "../src/catalogue.ts";
import { contentHash, filesOf } from "./content-hash.ts";

const GRAPH = /^onnx\/(\w+?)(|_fp16|_quantized|_q4|_q4f16)\.onnx$/u;

/**
 * Puts a folder of a stock vision-language model below `models`, under a name that changes with its content.
 *
 * @throws an `Error` for a folder without graphs, or with a graph in several dtypes
 */
export async function addVlm(site: string, folder: string): Promise<VlmEntry> {
  const name = basename(resolve(folder));
  const dtype: Record<string, string> = {};
  for (const file of filesOf(folder)) {
    const [, session, suffix] = GRAPH.exec(file) ?? [];
    if (session === undefined || suffix === undefined) continue;
    if (session in dtype) throw new Error(`--vlm ${folder}: one dtype of ${session}, not several`);
    dtype[session] = dtypeWithSuffix(suffix) ?? suffix;
  }
  if (Object.keys(dtype).length === 0) throw new Error(`--vlm ${folder}: a folder with graphs in onnx`);
  const scratch = await mkdtemp(join(site, ".vlm-"));
  try {
    const model = join(scratch, "model");
    await cp(folder, model, { recursive: true, dereference: true });
    const directory = `${name}-${contentHash(model)}`;
    const sizes = await Promise.all(filesOf(model).map(async (file) => (await stat(join(model, file))).size));
    await rename(model, join(site, "models", directory));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    return { kind: "vlm", name, directory, host: "page", dtype, bytes };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
