import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { checkFields } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig } from "@vla-pruner/onnx/convert";
import { recipeContract } from "@vla-pruner/onnx/testing";
import { openvlaOftRecipe } from "../src/convert.ts";
import { LIBERO } from "./support/fixtures.ts";

const size = (length: number, low: number): Record<string, number[]> => {
  const [lows, highs] = [low, 1].map((value) => Array.from({ length }, () => value));
  return { q01: lows ?? [], q99: highs ?? [], min: lows ?? [], max: highs ?? [] };
};

/** With a head and a proprio token of its own. */
const config: CheckpointConfig = {
  ...LIBERO.config,
  action_head: "l1",
  num_images_in_input: 2,
  state_size: 8,
  norm_stats: {
    made_up: {
      action: { ...size(7, -1), mask: Array.from({ length: 7 }, () => true) },
      proprio: size(8, -1),
    },
  },
};

describe("the recipe of openvla-oft", () => {
  for (const [name, check] of Object.entries(recipeContract))
    it(name, () => check({ recipe: openvlaOftRecipe, config }));

  it("is meant by any of its files and fields, not by the action head alone", () => {
    const { action_head: _head, num_images_in_input: _views, ...plain } = config;
    const matches = (components: string[], present: string[] = [], more: CheckpointConfig = {}): boolean =>
      openvlaOftRecipe.matches({ ...plain, ...more }, components, present);
    assert.equal(matches([]), false);
    for (const component of ["action_head", "proprio_projector", "vision_backbone"])
      assert.equal(matches([component]), true, component);
    assert.equal(matches([], ["lora_adapter"]), true);
    assert.equal(matches([], [], { num_images_in_input: 2 }), true);
    assert.equal(matches([], [], { num_images_in_input: 1, use_proprio: false }), false);
  });

  it("knows the fields of its configs, and refuses another number of training steps", () => {
    const { fields = {} } = openvlaOftRecipe;
    assert.deepEqual(checkFields(config, fields, "config.json"), []);
    const other = { ...config, num_diffusion_steps_train: 100 };
    assert.throws(() => checkFields(other, fields, "config.json"), hasCode("config-invalid"));
  });
});
