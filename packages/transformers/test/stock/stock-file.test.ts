import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { AutoModelForImageTextToText, env } from "@huggingface/transformers";
import { fastv } from "@vla-pruner/core";
import { hasCode } from "@vla-pruner/core/testing";
import { withPruning } from "../../src/index.ts";
import { openStockFile as openInBrowser } from "../../src/stock/stock-file-browser.ts";
import { Models } from "../support/fixtures.ts";
import { loadModel, promptOf, tokensAfter } from "../support/generate.ts";
import type { Model } from "../support/generate.ts";

const ID = "somebody/tiny-smolvlm";
const FILE = "onnx/decoder_model_merged.onnx";
const pruner = fastv({ retention: 0.25 });
const prompt = promptOf("smolvlm", 1);

describe("files of stock models", () => {
  const models = new Models();
  const fixture = models.unpack("smolvlm");
  const cache = join(models.folder, "cache");
  const { cacheDir } = env;
  let expected: number[];

  before(async () => {
    const pruned = await withPruning(await loadModel(fixture), { model: fixture.folder, layer: 2, pruner });
    expected = await tokensAfter(pruned, prompt);
    await pruned.dispose();
  });
  after(() => {
    env.cacheDir = cacheDir;
    models.remove();
  });

  for (const revision of ["main", "v2"])
    it(`are found in the cache of the Hub, at revision ${revision}, given or of the environment`, async () => {
      cpSync(fixture.folder, join(cache, ID, revision === "main" ? "" : revision), { recursive: true });
      for (const own of [{ cache_dir: cache }, {}]) {
        env.cacheDir = "cache_dir" in own ? cacheDir : cache;
        const options = { revision, ...own };
        const pruned = await withPruning(await loaded(options), { model: ID, layer: 2, pruner, ...options });
        assert.deepEqual(await tokensAfter(pruned, prompt), expected);
        await pruned.dispose();
      }
      env.cacheDir = cacheDir;
    });

  it("are missed where the cache is not said, and the model stays", async () => {
    const model = await loaded({ cache_dir: cache });
    const stock = await tokensAfter(model, prompt, 2);
    await assert.rejects(withPruning(model, { model: ID, layer: 2, pruner }), hasCode("model-missing"));
    assert.deepEqual(await tokensAfter(model, prompt, 2), stock);
    await model.dispose();
  });

  it("may be links, as in the cache of Python, where weights are within the graph", async () => {
    const folder = join(models.folder, "snapshot");
    mkdirSync(join(folder, "onnx"), { recursive: true });
    for (const name of ["config.json", "generation_config.json"])
      cpSync(join(fixture.folder, name), join(folder, name));
    for (const name of ["embed_tokens", "vision_encoder", "decoder_model_merged_q4"])
      symlinkSync(join(fixture.folder, `onnx/${name}.onnx`), join(folder, `onnx/${name}.onnx`));
    const model = await withPruning(await loadModel({ folder }, "q4"), { model: folder, layer: 2, pruner });
    assert.equal((await tokensAfter(model, prompt)).length, expected.length);
    await model.dispose();
  });

  it("come out of a browser's cache, at the address of the Hub, with their data", async () => {
    const asked: string[] = [];
    const match = async (key: string): Promise<Response | undefined> => {
      asked.push(key);
      const name = key.startsWith(`${env.remoteHost}${ID}/resolve/v2/`) ? key.split("/v2/")[1] : undefined;
      return name === undefined ? undefined : new Response(readFileSync(join(fixture.folder, name)));
    };
    const { caches } = globalThis as { caches?: unknown };
    const { useBrowserCache } = env;
    Object.assign(globalThis, { caches: { open: async () => ({ match }) } });
    env.useBrowserCache = true;
    try {
      const file = await openInBrowser({ model: ID, file: FILE, revision: "v2", cacheDir: undefined });
      assert.deepEqual(Buffer.from(file.bytes), readFileSync(join(fixture.folder, FILE)));
      const data = "decoder_model_merged.onnx_data";
      const { externalData } = (await file.weights([data])) as {
        externalData: { path: string; data: Uint8Array }[];
      };
      assert.deepEqual(
        externalData.map(({ path }) => path),
        [data],
      );
      assert.deepEqual(
        Buffer.from(externalData[0]?.data ?? []),
        readFileSync(join(fixture.folder, "onnx", data)),
      );
      assert.ok(asked.every((key) => key.includes(ID)));
    } finally {
      Object.assign(globalThis, { caches });
      env.useBrowserCache = useBrowserCache;
    }
  });
});

async function loaded(options: object): Promise<Model> {
  const model: unknown = await AutoModelForImageTextToText.from_pretrained(ID, {
    dtype: "fp32",
    device: "cpu",
    local_files_only: true,
    ...options,
  });
  return model as Model;
}
