import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { SyntheticSource } from "@vla-pruner/onnx/convert";
import type {
  CheckpointConfig,
  ConversionPlan,
  RecipeOptions,
  SyntheticTensor,
  TensorSource,
} from "@vla-pruner/onnx/convert";
import { pi0Recipe } from "../src/convert.ts";
import type { Pi0Vla } from "../src/pi0-vla.ts";
import { PI0, PI05 } from "./support/fixtures.ts";
import type { Pi0Fixture } from "./support/fixtures.ts";
import { fixtureWeights, writtenConfig } from "./support/pi0-fixture.ts";

const LM_HEAD = "paligemma_with_expert.paligemma.lm_head.weight";
/** Sizes for a synthetic model that is only looked at, never run. */
const SMALL = {
  vocab_size: 8,
  prefix: { width: 16, layers: 2, intermediate: 16 },
  expert: { width: 16, layers: 2, intermediate: 16 },
  vision_tower: { width: 16, layers: 1, intermediate: 16 },
};

describe("the recipe of π0", () => {
  it("knows its configs", () => {
    for (const config of [
      { paligemma_variant: "gemma_2b" },
      { model_type: "pi0" },
      { type: "pi0" },
      { type: "pi05" },
    ]) {
      assert.ok(pi0Recipe.matches(config), JSON.stringify(config));
    }
    assert.ok(!pi0Recipe.matches({ model_type: "openvla" }));
  });

  it("tells the variants by their tensors", () => {
    assert.equal(vlaOf(PI0).variant, "pi0");
    assert.equal(vlaOf(PI05).variant, "pi05");
    assert.deepEqual(Object.keys(planOf(PI05).sessions).at(-1), "time_modulation");
  });

  it("stores no weight twice", () => {
    for (const fixture of [PI0, PI05]) {
      const names = Object.values(planOf(fixture).sessions).flatMap(({ graph }) =>
        graph.weights.flatMap(({ plan }) => ("tensors" in plan ? [...plan.tensors] : [])),
      );
      assert.equal(new Set(names).size, names.length);
    }
  });

  it("takes heads from the variants' names, _lora or not, and from numbers, which win", () => {
    assert.equal(smallVla({ paligemma_variant: "gemma_2b_lora" }).decoder.head_size, 256);
    assert.equal(
      smallVla({ paligemma_variant: "dummy", action_expert_variant: "dummy" }).decoder.head_size,
      16,
    );
    const own = smallVla({
      num_attention_heads: 4,
      num_key_value_heads: 2,
      head_dim: 8,
      vision_heads: 2,
    }).decoder;
    assert.deepEqual([own.heads, own.key_value_heads, own.head_size], [4, 2, 8]);
    assert.throws(() => smallVla({ paligemma_variant: "gemma_9b" }), hasCode("config-invalid"));
    assert.throws(() => smallVla({ vision_heads: 5 }), hasCode("config-invalid"));
  });

  it("takes horizon and steps from the options, else from the config", () => {
    assert.equal(vlaOf(PI0).horizon, 10);
    assert.equal(vlaOf(PI0, { chunk: 4 }).horizon, 4);
    assert.equal(vlaOf(PI0, { steps: 5 }).steps, 5);
    assert.equal(vlaOf(PI0, {}, { num_inference_steps: 7 }).steps, 7);
    assert.equal(vlaOf(PI0, { views: 2 }).views, 2);
  });

  for (const options of [
    { pruneLayer: 6 },
    { pruneLayer: 0 },
    { views: 4 },
    { chunk: 0 },
    { steps: 0 },
    { actionLayers: [6] },
  ]) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      assert.throws(() => vlaOf(PI0, options), hasCode("invalid-option"));
    });
  }

  it("says which tensor is missing, or has another shape", () => {
    const config = writtenConfig(PI0);
    assert.throws(() => planned(config, changed(LM_HEAD), {}), hasCode("tensor-missing"));
    assert.throws(() => planned(config, changed("state_proj.weight"), {}), hasCode("tensor-missing"));
    assert.throws(
      () => planned(config, changed("action_time_mlp_in.weight", { dims: [32, 32] }), {}),
      hasCode("tensor-shape"),
    );
    assert.throws(
      () => planned(config, changed("proprio_history_proj.weight", { dims: [1, 1] }), {}),
      hasCode("config-invalid"),
    );
  });
});

/** What is planned for a small model whose config has these changes. */
function smallVla(changes: CheckpointConfig): Pi0Vla {
  const config = { ...pi0Recipe.presets["pi0"], ...SMALL, ...changes };
  return planned(config, new SyntheticSource(pi0Recipe.tensors(config)), {}).vla as unknown as Pi0Vla;
}

/** The fixture's tensors without one of them, or with another in its place. */
function changed(name: string, tensor?: SyntheticTensor): SyntheticSource {
  const tensors = new Map(pi0Recipe.tensors(PI0.config));
  tensors.delete(name);
  if (tensor !== undefined) tensors.set(name, tensor);
  return new SyntheticSource(tensors);
}

function planned(config: CheckpointConfig, checkpoint: TensorSource, options: RecipeOptions): ConversionPlan {
  return pi0Recipe.plan({ config, files: {}, checkpoint, floatType: "float32", options });
}

function planOf(
  fixture: Pi0Fixture,
  options: RecipeOptions = {},
  changes: CheckpointConfig = {},
): ConversionPlan {
  return planned({ ...writtenConfig(fixture), ...changes }, fixtureWeights(fixture), options);
}

function vlaOf(fixture: Pi0Fixture, options: RecipeOptions = {}, changes: CheckpointConfig = {}): Pi0Vla {
  return planOf(fixture, options, changes).vla as unknown as Pi0Vla;
}
