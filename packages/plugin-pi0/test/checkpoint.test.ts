import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createPolicy, keepAll, random, VlaModel } from "@vla-pruner/core";
import { hasCode } from "@vla-pruner/core/testing";
import { convertFolder, openCheckpoint, SyntheticSource, writeSafetensors } from "@vla-pruner/onnx/convert";
import type { SyntheticTensor } from "@vla-pruner/onnx/convert";
import { pi0Recipe } from "../src/convert.ts";
import { pi0 } from "../src/index.ts";
import type { Pi0Vla } from "../src/pi0-vla.ts";
import { temporaryFolder } from "../../core/test/support/temporary-folder.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { PI0, PRUNE_LAYER } from "./support/fixtures.ts";
import { assertClose, readGolden } from "./support/golden.ts";
import type { DenseGolden } from "./support/golden.ts";
import { fixtureStatistics, fixtureWeights, writeCheckpoint, writtenConfig } from "./support/pi0-fixture.ts";
import { RenamedSource } from "./support/renamed-source.ts";

const SHIPPED = fileURLToPath(new URL("../../../checkpoints/tiny-pi0", import.meta.url));
const LM_HEAD = "paligemma_with_expert.paligemma.lm_head.weight";
const EMBEDDINGS = "paligemma_with_expert.paligemma.model.language_model.embed_tokens.weight";

describe("a lerobot checkpoint", () => {
  it("gives the same actions as openpi's, with its own names and its own statistics", async () => {
    const folder = await temporaryFolder();
    const weights = new RenamedSource(fixtureWeights(PI0), lerobotName);
    const { action_horizon: chunk, action_dim: size, ...config } = writtenConfig(PI0);
    const lerobot = { ...config, type: "pi0", chunk_size: chunk, max_action_dim: size, max_state_dim: size };
    const checkpoint = join(folder, "checkpoint");
    await mkdir(checkpoint);
    await writeFile(join(checkpoint, "config.json"), JSON.stringify(lerobot));
    await writeSafetensors(join(checkpoint, "model.safetensors"), weights, weights.names, "F32");
    await writeStatistics(join(checkpoint, "policy_preprocessor_step_5_normalizer_processor.safetensors"));
    const out = join(folder, "model");
    await convertFolder({ recipe: pi0Recipe, folder: checkpoint, out, options: { pruneLayer: PRUNE_LAYER } });
    const model = await VlaModel.from_pretrained(out);
    const [observation = {}] = fixtureEpisode(PI0, "dense");
    const policy = createPolicy({ adapter: pi0().createAdapter(model), pruner: keepAll() });
    const { actions } = await policy.act(observation);
    const [golden] = (readGolden("pi0-dense") as DenseGolden).cases;
    assertClose(actions.flat(), golden?.actions ?? { shape: [], base64: "" }, 1e-4, "actions");
    await policy.dispose();
    await model.dispose();
  });
});

describe("the policy that ships, in int4", () => {
  it("acts by its graphs for WebGPU as by those for the processor", async () => {
    const acted = (["cpu", "webgpu"] as const).map(async (target) => {
      const out = join(await temporaryFolder(), "model");
      const dtype = { vision_encoder: "fp16", "*": "q4f16" };
      await convertFolder({ recipe: pi0Recipe, folder: SHIPPED, out, dtype, options: { target } });
      const model = await VlaModel.from_pretrained(out);
      const adapter = pi0().createAdapter(model);
      const policy = createPolicy({ adapter, pruner: random({ retention: 0.25, seed: 1 }) });
      const result = await policy.act(adapter.exampleObservation(1));
      await policy.dispose();
      await model.dispose();
      return result;
    });
    const [portable, fused] = await Promise.all(acted);
    for (const [index, value] of portable?.actions.flat().entries() ?? [])
      assert.ok(Math.abs(value - (fused?.actions.flat()[index] ?? Number.NaN)) < 2e-2, `number ${index}`);
  });
});

describe("statistics of a checkpoint", () => {
  it("are found beside the weights, or below assets by asset id", async () => {
    const folder = await temporaryFolder();
    await writeCheckpoint(folder, PI0);
    assert.deepEqual(Object.keys((await vlaOfFolder(folder)).norm_stats), ["default"]);
    await writeFile(join(folder, "norm_stats.json"), "{}");
    await assert.rejects(vlaOfFolder(folder), hasCode("config-invalid"));
  });

  it("may come from several assets", async () => {
    const folder = await temporaryFolder();
    const assets = ["trossen", "physical-intelligence/libero"];
    for (const asset of assets) {
      await mkdir(join(folder, "assets", asset), { recursive: true });
      await writeFile(
        join(folder, "assets", asset, "norm_stats.json"),
        JSON.stringify(fixtureStatistics(PI0)),
      );
    }
    await writeFile(join(folder, "config.json"), JSON.stringify(writtenConfig(PI0)));
    const weights = fixtureWeights(PI0);
    await writeSafetensors(join(folder, "model.safetensors"), weights, weights.names, "F32");
    const { norm_stats: stats } = await vlaOfFolder(folder);
    assert.deepEqual(Object.keys(stats), assets.toSorted());
  });
});

function lerobotName(name: string): string {
  return `model.${name === LM_HEAD ? EMBEDDINGS : name}`;
}

function constant(size: number, mean: number): SyntheticTensor {
  return { dims: [size], mean, deviation: 0 };
}

/** Statistics that change nothing, as lerobot stores them. */
async function writeStatistics(path: string): Promise<void> {
  const tensors = new Map([
    ["observation.state.mean", constant(8, 0)],
    ["observation.state.std", constant(8, 1)],
    ["action.mean", constant(32, 0)],
    ["action.std", constant(32, 1)],
  ]);
  await writeSafetensors(path, new SyntheticSource(tensors), [...tensors.keys()], "F32");
}

async function vlaOfFolder(folder: string): Promise<Pi0Vla> {
  const { config, files, weights } = await openCheckpoint(folder, [pi0Recipe]);
  try {
    return pi0Recipe.plan({ config, files, checkpoint: weights, floatType: "float32", options: {} })
      .vla as unknown as Pi0Vla;
  } finally {
    await weights.close();
  }
}
