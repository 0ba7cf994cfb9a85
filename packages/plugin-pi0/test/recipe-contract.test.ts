import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { checkFields } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig } from "@vla-pruner/onnx/convert";
import { recipeContract } from "@vla-pruner/onnx/testing";
import { pi0Recipe } from "../src/convert.ts";
import { LEROBOT_PI0, LEROBOT_PI05, OPENPI, TRANSFORMERS_PI0 } from "./support/published-configs.ts";

const { fields = {}, presets } = pi0Recipe;
const P = "paligemma_with_expert.paligemma.";
const E = "paligemma_with_expert.gemma_expert.model.";

describe("the recipe of π0", () => {
  for (const preset of ["pi0-tiny", "pi05-tiny"] as const) {
    for (const [name, check] of Object.entries(recipeContract))
      it(`${preset} ${name}`, () => check({ recipe: pi0Recipe, config: presets[preset] ?? {} }));
  }

  for (const [stored, own] of [
    ["model.action_in_proj.weight", "action_in_proj.weight"],
    [`model.${P}model.language_model.norm.weight`, `${P}model.language_model.norm.weight`],
    [`model.${P}language_model.model.norm.weight`, `${P}model.language_model.norm.weight`],
    [`${P}language_model.lm_head.weight`, `${P}lm_head.weight`],
    [`${P}vision_tower.vision_model.head.weight`, `${P}model.vision_tower.vision_model.head.weight`],
    [
      `${P}model.vision_tower.encoder.layers.0.mlp.fc1.bias`,
      `${P}model.vision_tower.vision_model.encoder.layers.0.mlp.fc1.bias`,
    ],
    [`${P}multi_modal_projector.linear.bias`, `${P}model.multi_modal_projector.linear.bias`],
    ["model.vlm.language_model.norm.weight", `${P}model.language_model.norm.weight`],
    ["model.vlm.vision_tower.post_layernorm.bias", `${P}model.vision_tower.vision_model.post_layernorm.bias`],
    ["model.dit.layers.3.mlp.up_proj.weight", `${E}layers.3.mlp.up_proj.weight`],
    ["embed_action_time.state_proj.weight", "state_proj.weight"],
    ["action_out_proj.weight", "action_out_proj.weight"],
  ] as const) {
    it(`reads ${stored} as ${own}`, () => assert.equal(pi0Recipe.sanitize?.(stored, [stored]), own));
  }

  it("tells the time's MLP of π0 from that of π0.5 by the expert's norms", () => {
    const modulated = `${E}norm.dense.weight`;
    assert.equal(
      pi0Recipe.sanitize?.("time_mlp_in.weight", ["time_mlp_in.weight"]),
      "action_time_mlp_in.weight",
    );
    assert.equal(pi0Recipe.sanitize?.("action_time_mlp_in.weight", [modulated]), "time_mlp_in.weight");
  });
});

describe("configs of π0", () => {
  for (const [name, config] of Object.entries({ OPENPI, LEROBOT_PI0, LEROBOT_PI05, TRANSFORMERS_PI0 })) {
    it(`${name} is known, field by field`, () => {
      assert.ok(pi0Recipe.matches(config));
      assert.deepEqual(checkFields(config, fields, "config.json"), []);
    });
  }

  for (const type of ["pi0_fast", "smolvla", "act"]) {
    it(`of ${type} are another architecture's, though they name a variant`, () => {
      assert.equal(pi0Recipe.matches({ ...LEROBOT_PI0, type }), false);
    });
  }

  for (const [field, value] of Object.entries<unknown>({
    use_visual_memory: true,
    use_proprioceptive_memory: true,
    n_obs_steps: 2,
    min_period: 0.01,
    adapt_to_pi_aloha: true,
    dit_config: { model_type: "gemma2" },
    vlm_config: { text_config: { rms_norm_eps: 1e-5 } },
  })) {
    it(`with ${field} ${JSON.stringify(value)} are refused by name`, () => {
      const config: CheckpointConfig = { ...LEROBOT_PI05, [field]: value };
      assert.throws(
        () => checkFields(config, fields, "config.json"),
        (error) => {
          return hasCode("config-invalid")(error) && (error as Error).message.includes(field);
        },
      );
    });
  }
});
