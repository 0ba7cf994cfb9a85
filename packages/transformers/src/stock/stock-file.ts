import { env } from "@huggingface/transformers";
import { VlaPrunerError } from "@vla-pruner/format";
import { access, readFile, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import type { FilePlace, StockFile } from "./stock-file-types.ts";

/**
 * The graph file that a session was loaded from, looked for where transformers.js looks: its cache, its folder of local
 * models, the path itself.
 *
 * @throws `model-missing`
 */
export async function openStockFile({ model, file, revision, cacheDir }: FilePlace): Promise<StockFile> {
  const versioned = revision === "main" ? join(model, file) : join(model, revision, file);
  const cache = cacheDir ?? env.cacheDir;
  const places = [
    ...(cache === null ? [] : [join(cache, versioned)]),
    join(env.localModelPath, model, file),
    join(model, file),
  ].map((path) => resolve(path));
  const custom = await fromCustomCache(model, file, revision);
  const found = await firstThere(custom === null ? places : [custom, ...places]);
  if (found === null) {
    throw new VlaPrunerError("model-missing", {
      expected: `${file} of the model that was loaded`,
      found: `no such file at ${places.join(", ")}`,
      fix: "pass the id or path that from_pretrained was given as `model`, and its revision and cache_dir",
    });
  }
  // ONNX Runtime refuses weights behind links that leave their folder, as those of Python's cache do.
  const path = await realpath(found);
  const folder = dirname(path) + sep;
  return {
    name: basename(path),
    bytes: await readFile(path),
    async weights(files) {
      for (const name of files) {
        if ((await firstThere([join(folder, name)])) !== null) continue;
        throw new VlaPrunerError("model-missing", {
          expected: `${name} beside ${path}`,
          found: "no such file",
          fix: "copy the model's folder whole, with links resolved",
        });
      }
      return { extra: { session: { model_external_initializers_file_folder_path: folder } } };
    },
  };
}

async function firstThere(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  return null;
}

/** A cache of the user's may hand out paths. */
async function fromCustomCache(model: string, file: string, revision: string): Promise<string | null> {
  if (!env.useCustomCache || env.customCache === null) return null;
  const remote = [
    env.remoteHost,
    env.remotePathTemplate
      .replaceAll("{model}", model)
      .replaceAll("{revision}", encodeURIComponent(revision)),
    file,
  ];
  for (const key of [join(model, file), remote.map((part) => part.replace(/^\/|\/$/gu, "")).join("/")]) {
    const entry: unknown = await Promise.resolve(env.customCache.match(key)).catch(() => undefined);
    if (typeof entry === "string") return entry;
  }
  return null;
}
