import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { convertCheckpoint, SyntheticSource } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig } from "@vla-pruner/onnx/convert";
import { openvlaRecipe } from "../src/convert.ts";
import { sharedPath } from "./support/shared-data.ts";

/** Of SigLIP in timm: beside what the graphs ask for, released checkpoints have it. */
const POOLING = /^vision_backbone\.fused_featurizer\.attn_pool\./u;

describe("the released OpenVLA, by the names of its tensors and its config", () => {
  it("has no tensor that is not known, and statistics of every training set", async function () {
    const read = (name: string): CheckpointConfig =>
      JSON.parse(readFileSync(sharedPath(this, `openvla/${name}`), "utf8")) as CheckpointConfig;
    const { weight_map: map } = read("model.safetensors.index.json") as {
      weight_map: Record<string, string>;
    };
    const tensors = new Map(openvlaRecipe.tensors(openvlaRecipe.presets["openvla-7b"] ?? {}));
    const more = Object.keys(map).filter((name) => !tensors.has(name));
    assert.ok(more.length > 0 && more.every((name) => POOLING.test(name)), more.join());
    for (const name of more) tensors.set(name, { dims: [2] });
    const stopped = new AbortController();
    stopped.abort();
    const request: Parameters<typeof convertCheckpoint>[0] = {
      recipe: openvlaRecipe,
      config: read("config.json"),
      files: { "preprocessor_config.json": read("preprocessor_config.json") },
      checkpoint: new SyntheticSource(tensors),
      companions: null,
      out: "never-written",
      dtype: "fp16",
      options: {},
      signal: stopped.signal,
    };
    // It comes as far as writing, which is where it is stopped.
    await assert.rejects(convertCheckpoint(request), /interruption/u);
    const unknown = new SyntheticSource(new Map([...tensors, ["projector.fc4.weight", { dims: [2] }]]));
    await assert.rejects(convertCheckpoint({ ...request, checkpoint: unknown }), /projector\.fc4\.weight/u);
  });
});
