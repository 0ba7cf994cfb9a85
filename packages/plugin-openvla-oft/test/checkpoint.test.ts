import assert from "node:assert/strict";
import { cp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createPolicy, keepAll } from "@vla-pruner/core";
import { hasCode } from "@vla-pruner/core/testing";
import { openCheckpoint, PytorchFile, writeSafetensors } from "@vla-pruner/onnx/convert";
import { openvlaOftRecipe } from "../src/convert.ts";
import { openvlaOft } from "../src/index.ts";
import { convertAndLoad, fixtureFolder } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { ALOHA, LIBERO } from "./support/fixtures.ts";

const HEAD = "action_head--100_checkpoint.pt";
const PROPRIO = "proprio_projector--100_checkpoint.pt";
const WIDER = {
  ...LIBERO,
  config: { ...LIBERO.config, text_config: { ...(LIBERO.config["text_config"] as object), hidden_size: 48 } },
};

describe("openvla-oft checkpoint", () => {
  it("is known by its action head, and plain OpenVLA by having none", async () => {
    const folder = await fixtureFolder(LIBERO);
    const { config, components, weights } = await openCheckpoint(folder, [openvlaOftRecipe]);
    await weights.close();
    assert.deepEqual(components, ["action_head", "proprio_projector"]);
    assert.equal(openvlaOftRecipe.matches(config, components), true);
    assert.equal(openvlaOftRecipe.matches(config, []), false);
    assert.equal(openvlaOftRecipe.matches({ ...config, model_type: "pi0" }, components), false);
  });

  it("may have its components as safetensors, for the same actions", async () => {
    const folder = await fixtureFolder(LIBERO);
    const pickled = await convertAndLoad(folder, { views: 2 });
    for (const name of [HEAD, PROPRIO]) {
      const file = await PytorchFile.open(join(folder, name));
      await writeSafetensors(join(folder, name.replace(/pt$/u, "safetensors")), file, file.names, "F32");
      await file.close();
      await rm(join(folder, name));
    }
    const stored = await convertAndLoad(folder, { views: 2 });
    const [observation] = fixtureEpisode(LIBERO, 0);
    assert.ok(observation !== undefined);
    const chunks = [];
    for (const model of [pickled, stored]) {
      const policy = createPolicy({ adapter: openvlaOft().createAdapter(model), pruner: keepAll() });
      chunks.push((await policy.act(observation)).actions);
      await model.dispose();
    }
    assert.deepEqual(chunks[1], chunks[0]);
  });

  it("without its action head is refused, and the file is named", async () => {
    const folder = await fixtureFolder(LIBERO);
    await rm(join(folder, HEAD));
    await assert.rejects(convertAndLoad(folder), hasCode("checkpoint-missing"));
    await assert.rejects(convertAndLoad(folder), /action_head--\*/u);
  });

  it("without a proprio projector takes no state, unless config.json asks for it", async () => {
    const folder = await fixtureFolder(LIBERO);
    await rm(join(folder, PROPRIO));
    const model = await convertAndLoad(folder);
    assert.equal(model.vla["state_size"], 0);
    await model.dispose();
    await writeFile(join(folder, "config.json"), JSON.stringify({ ...LIBERO.config, use_proprio: true }));
    await assert.rejects(convertAndLoad(folder), /proprio_projector--\*/u);
  });

  it("with a diffusion head needs the projector of noisy actions", async () => {
    const folder = await fixtureFolder(LIBERO, "diffusion");
    await rm(join(folder, "noisy_action_projector--100_checkpoint.pt"));
    await assert.rejects(convertAndLoad(folder), hasCode("checkpoint-missing"));
  });

  it("with components of another base model is refused", async () => {
    await assert.rejects(convertAndLoad(await fixtureFolder(WIDER)), hasCode("tensor-shape"));
  });

  it("with two action heads is refused", async () => {
    const folder = await fixtureFolder(LIBERO);
    await cp(join(folder, HEAD), join(folder, "action_head--200_checkpoint.pt"));
    await assert.rejects(convertAndLoad(folder), hasCode("checkpoint-invalid"));
  });

  it("with a head of another kind is refused", async () => {
    const other = await fixtureFolder(LIBERO);
    await rm(join(other, HEAD));
    await rename(join(other, PROPRIO), join(other, HEAD));
    await assert.rejects(convertAndLoad(other), hasCode("checkpoint-invalid"));
  });

  it("gives views, chunk and bounds to the model, and options win", async () => {
    const folder = await fixtureFolder(LIBERO);
    await writeFile(
      join(folder, "config.json"),
      JSON.stringify({
        ...LIBERO.config,
        num_images_in_input: 2,
        normalization: "bounds",
        empty_token_id: 703,
      }),
    );
    const named = await convertAndLoad(folder);
    assert.deepEqual([named.vla.views, named.vla["chunk"], named.vla["normalization"]], [2, 8, "bounds"]);
    assert.equal(named.vla["empty_token_id"], 703);
    const chosen = await convertAndLoad(folder, { views: 3, chunk: 5 });
    assert.deepEqual([chosen.vla.views, chosen.vla["chunk"]], [3, 5]);
    const aloha = await convertAndLoad(await fixtureFolder(ALOHA));
    assert.deepEqual([aloha.vla.views, aloha.vla["chunk"], aloha.vla["normalization"]], [1, 25, "bounds"]);
    await Promise.all([named, chosen, aloha].map((model) => model.dispose()));
  });

  for (const options of [{ views: 0 }, { views: 4 }, { chunk: 0 }, { steps: 3 }, { pruneLayer: 8 }]) {
    it(`refuses ${JSON.stringify(options)}`, async () => {
      await assert.rejects(convertAndLoad(await fixtureFolder(LIBERO), options), hasCode("invalid-option"));
    });
  }

  it("with statistics of another robot is refused", async () => {
    const folder = await fixtureFolder(LIBERO);
    const others = await fixtureFolder(ALOHA);
    await cp(join(others, "dataset_statistics.json"), join(folder, "dataset_statistics.json"));
    await assert.rejects(convertAndLoad(folder), hasCode("config-invalid"));
    await assert.rejects(convertAndLoad(folder), /action has 14 numbers in q01, but the model has 7/u);
  });
});
