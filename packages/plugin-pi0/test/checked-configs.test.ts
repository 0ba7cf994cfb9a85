import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { SyntheticSource } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig } from "@vla-pruner/onnx/convert";
import { pi0Recipe } from "../src/convert.ts";
import { promptParts } from "../src/prompt.ts";
import { filled, LEROBOT, pipeline, plan, TINY, vectors } from "./support/lerobot-policy.ts";

const norm = (state: object | undefined, actions: object): Record<string, object> => ({
  "norm_stats.json": { norm_stats: { ...(state && { state }), actions } },
});

describe("statistics of a π0", () => {
  const openpi = { ...TINY, normalization_mapping: undefined };
  const good = { mean: [0, 0], std: [1, 1] };

  for (const [what, says, files] of [
    ["without those of the state", /state with mean and std, found no statistics/u, norm(undefined, good)],
    ["with numbers that are none", /list of finite numbers/u, norm({ mean: [0, null], std: [1, 1] }, good)],
    ["with a negative std", /std of 0 or more.*std\[1\] = -1/u, norm({ mean: [0, 0], std: [1, -1] }, good)],
    [
      "longer than the model's vectors",
      /32 numbers at most/u,
      norm(good, { mean: filled(33, 0), std: filled(33, 1) }),
    ],
    ["with lists of two lengths", /one length/u, norm({ mean: [0], std: [1, 1] }, good)],
    ["of another formula", /mean and std, found q01/u, norm({ q01: [0], q99: [1] }, good)],
  ] as const) {
    it(`are refused ${what}`, () => {
      assert.throws(() => plan(files, openpi), hasCode("config-invalid"));
      assert.throws(() => plan(files, openpi), says);
    });
  }

  it("warn of constant dimensions, by number", () => {
    const { warnings = [] } = plan(norm({ mean: [0, 0, 0], std: [0, 1, 0] }, good), openpi);
    assert.match(warnings.join(), /state has constant dimensions \(std 0\): 0, 2;/u);
  });

  it("may be absent, which is warned of unless the config says IDENTITY", () => {
    assert.match((plan({}, openpi).warnings ?? []).join(), /there are no statistics/u);
    assert.deepEqual(plan({}, TINY).warnings, []);
  });

  it("must be as long as the robot's actions", () => {
    const config = { ...LEROBOT, output_features: { action: { type: "ACTION", shape: [6] } } };
    assert.throws(() => plan({ ...pipeline(), ...vectors }, config), /statistics of 6 numbers/u);
  });
});

describe("a config of π0 that is not what the tensors are", () => {
  for (const [what, change] of Object.entries<CheckpointConfig>({
    "π0.5 by name": { type: "pi05" },
    "another width of actions": { max_action_dim: 24 },
    "another width of the state": { max_state_dim: 16 },
    "pictures of another size": { image_resolution: [448, 448] },
    "four cameras": {
      input_features: Object.fromEntries(
        ["a", "b", "c", "d"].map((name) => [`observation.images.${name}`, { type: "VISUAL" }]),
      ),
    },
    "a state in the prompt": { discrete_state_input: true },
  })) {
    it(`is refused: ${what}`, () => {
      assert.throws(
        () => plan({ ...pipeline(), ...vectors }, { ...LEROBOT, ...change }),
        hasCode("config-invalid"),
      );
    });
  }

  it("but π0.5 may do without the state in its prompt", () => {
    const [prompt] = promptParts("go", [0], { variant: "pi05", convention: "openpi", prompt_state: false });
    assert.equal(prompt, "go");
  });

  it("warns of LoRA variants, which openpi's converter drops", () => {
    const { warnings = [] } = plan(
      { ...pipeline(), ...vectors },
      { ...LEROBOT, paligemma_variant: "gemma_2b_lora" },
    );
    assert.match(warnings.join(), /leaves the LoRA matrices out/u);
  });

  it("refuses statistics among the weights, as old policies of lerobot have them", () => {
    const tensors = new Map(pi0Recipe.tensors(TINY));
    tensors.set("normalize_inputs.buffer_observation_state.mean", { dims: [8] });
    const checkpoint = new SyntheticSource(tensors);
    const request = { config: LEROBOT, files: {}, checkpoint, floatType: "float32" as const, options: {} };
    assert.throws(() => pi0Recipe.plan(request), /migrate_policy_normalization/u);
  });
});
