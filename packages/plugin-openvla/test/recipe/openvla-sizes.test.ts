import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import type { CheckpointConfig, TensorSource } from "@vla-pruner/onnx/convert";
import { readSizes } from "@vla-pruner/prismatic/convert";
import { editedSource } from "../support/edited-source.ts";
import { fixtureNamed } from "../support/fixtures.ts";
import { fixtureWeights } from "../support/openvla-fixture.ts";

const fixture = fixtureNamed("silent-config");
const weights: TensorSource = fixtureWeights(fixture);
const config: CheckpointConfig = fixture.config;
const text = config["text_config"] as Readonly<Record<string, unknown>>;

describe("openvla sizes", () => {
  it("come from the tensors where the config is silent", () => {
    const { image_sizes: _, ...silent } = config;
    const sizes = readSizes({ ...silent, text_config: { vocab_size: 1064 } }, weights);
    const { hidden, intermediate, layers, heads, keyValueHeads, headSize } = sizes.decoder;
    assert.deepEqual({ hidden, intermediate, layers }, { hidden: 64, intermediate: 72, layers: 4 });
    assert.deepEqual({ heads, keyValueHeads, headSize }, { heads: 32, keyValueHeads: 32, headSize: 2 });
    assert.deepEqual([sizes.imageSize, sizes.visionTokens], [56, 16]);
    assert.deepEqual(sizes.projector, [40, 160, 64, 64]);
  });

  it("leave out the last block of each tower, whose result Prismatic does not use", () => {
    assert.deepEqual(
      readSizes(config, weights).towers.map(({ blocks }) => blocks),
      [2, 2],
    );
  });

  it("take head counts from the timm ids of known towers", () => {
    const wide = editedSource(weights, Object.fromEntries(towerDims(32)));
    const { vision_heads: _, ...silent } = config;
    assert.deepEqual(
      readSizes(silent, wide).towers.map(({ heads }) => heads),
      [16, 16],
    );
    assert.deepEqual(
      readSizes({ ...silent, vision_heads: [2, 4] }, wide).towers.map(({ heads }) => heads),
      [2, 4],
    );
  });

  it("use the word table for the output where the config ties them", () => {
    const without = editedSource(weights, { "language_model.lm_head.weight": null });
    const tied = { ...config, text_config: { ...text, tie_word_embeddings: true } };
    assert.equal(readSizes(tied, without).head, "language_model.model.embed_tokens.weight");
    assert.throws(() => readSizes(config, without), hasCode("tensor-missing"));
  });

  const misfits: readonly [string, CheckpointConfig][] = [
    ["heads that do not divide the tower's width", { ...config, vision_heads: [5, 2] }],
    ["heads of one tower only", { ...config, vision_heads: [2] }],
    [
      "towers that nobody knows, without vision_heads",
      { ...config, vision_heads: undefined, timm_model_ids: ["vit_new", "vit_new"] },
    ],
    ["an unknown activation", { ...config, timm_override_act_layers: ["relu", null] }],
    ["pictures that the position table does not cover", { ...config, image_sizes: [70, 56] }],
    ["image sizes that are text", { ...config, image_sizes: ["56", "56"] }],
    [
      "scaled rotary positions",
      { ...config, text_config: { ...text, rope_scaling: { type: "linear", factor: 2 } } },
    ],
    ["biases in the attention", { ...config, text_config: { ...text, attention_bias: true } }],
    ["another activation in the decoder", { ...config, text_config: { ...text, hidden_act: "gelu" } }],
    ["an odd head size", { ...config, text_config: { ...text, num_attention_heads: 64 } }],
    [
      "query heads that the key/value heads do not divide",
      { ...config, text_config: { ...text, num_key_value_heads: 3 } },
    ],
    ["no layers", { ...config, text_config: { ...text, num_hidden_layers: 0 } }],
    ["a size that is text", { ...config, text_config: { ...text, hidden_size: "64" } }],
  ];
  for (const [what, wrong] of misfits) {
    it(`refuse ${what}`, () => {
      assert.throws(() => readSizes(wrong, weights), hasCode("config-invalid"));
    });
  }

  it("refuse a CLIP tower, which has a norm in front", () => {
    const clip = editedSource(weights, { "vision_backbone.featurizer.norm_pre.weight": [16] });
    assert.throws(() => readSizes(config, clip), hasCode("config-invalid"));
  });

  it("refuse towers that see different numbers of patches", () => {
    const uneven = editedSource(weights, { "vision_backbone.fused_featurizer.pos_embed": [1, 25, 24] });
    assert.throws(() => readSizes({ ...config, image_sizes: [56, 70] }, uneven), hasCode("config-invalid"));
  });
});

function towerDims(width: number): [string, readonly number[]][] {
  return ["featurizer", "fused_featurizer"].flatMap((tower): [string, readonly number[]][] => [
    [`vision_backbone.${tower}.patch_embed.proj.weight`, [width, 3, 14, 14]],
    [`vision_backbone.${tower}.pos_embed`, [1, 16, width]],
  ]);
}
