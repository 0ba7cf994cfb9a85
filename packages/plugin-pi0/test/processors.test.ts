import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import type { Pi0Vla } from "../src/pi0-vla.ts";
import { absoluteActions, readStatistics } from "../src/statistics.ts";
import {
  ACTION_FILE,
  filled,
  LEROBOT,
  NORM_MAP,
  pipeline,
  plan,
  STATE_FILE,
  stats,
  step,
  vectors,
  vlaOf,
} from "./support/lerobot-policy.ts";

describe("lerobot's processor files", () => {
  it("say how state and actions are normalised, whatever the config says", () => {
    const vla = vlaOf({ ...pipeline(), ...vectors });
    assert.deepEqual(vla.normalization, { state: "z-score", action: "z-score" });
    assert.equal(vla.statistics?.from, `${STATE_FILE} and ${ACTION_FILE}`);
    assert.deepEqual([vla.robot_action_size, vla.prompt_tokens, vla.views], [7, 48, 2]);
  });

  it("hold the statistics of actions behind the policy, which count", () => {
    const others = { ...vectors, [ACTION_FILE]: { "action.mean": filled(7, 9), "action.std": filled(7, 3) } };
    const { vla, warnings = [] } = plan({ ...pipeline(), ...others });
    assert.deepEqual((vla as unknown as Pi0Vla).norm_stats["default"]?.action["mean"], filled(7, 9));
    assert.match(warnings.join(), /differ in the statistics of actions/u);
  });

  for (const [name, mode, low, range] of [
    ["MIN_MAX", "min-max", -3, 6],
    ["QUANTILES", "quantiles", -1, 2],
  ] as const) {
    it(`may normalise by ${name}`, () => {
      const vla = vlaOf({ ...pipeline({ STATE: name, ACTION: name }), ...vectors });
      assert.deepEqual(vla.normalization, { state: mode, action: mode });
      const { state } = readStatistics(vla, undefined);
      assert.deepEqual([state?.low[0], state?.range[0], state?.shift], [low, range, 1]);
    });
  }

  it("make actions relative, but for the joints that are left out", () => {
    const vla = vlaOf({ ...pipeline(NORM_MAP, true), ...vectors });
    assert.deepEqual(vla.relative_actions, [true, true, true, true, true, true, false]);
    const state = [10, 20, 30, 40, 50, 60, 70];
    assert.deepEqual(absoluteActions([[1, 1, 1, 1, 1, 1, 1]], state, vla.relative_actions ?? []), [
      [11, 21, 31, 41, 51, 61, 1],
    ]);
    const config = { ...LEROBOT, use_relative_actions: false };
    assert.throws(() => plan({ ...pipeline(NORM_MAP, true), ...vectors }, config), hasCode("config-invalid"));
  });

  it("name cameras in the order of the model's slots", () => {
    const { cameras } = vlaOf({ ...pipeline(), ...vectors });
    assert.equal(cameras?.["observation.images.wrist"], "base_0_rgb");
    assert.equal(cameras?.["image"], "left_wrist_0_rgb");
  });

  it("are refused with a step that nobody knows, or an epsilon of their own", () => {
    const unknown = { ...pipeline(), "policy_postprocessor.json": { steps: [step("clip_my_actions")] } };
    assert.throws(() => plan({ ...unknown, ...vectors }), /found clip_my_actions/u);
    const epsilon = { steps: [step("normalizer_processor", { eps: 1e-3 })] };
    assert.throws(
      () => plan({ ...pipeline(), "policy_preprocessor.json": epsilon, ...vectors }),
      /with eps 1e-8/u,
    );
  });

  it("are refused without the file that they name", () => {
    const { [ACTION_FILE]: _, ...one } = vectors;
    assert.throws(() => plan({ ...pipeline(), ...one }), hasCode("checkpoint-missing"));
  });

  it("may lack statistics of a vector, which is warned of", () => {
    const bare = { ...vectors, [STATE_FILE]: stats("action", 7) };
    const { vla, warnings = [] } = plan({ ...pipeline(), ...bare });
    assert.match(warnings.join(), /state has no statistics, so it passes as it is, as in lerobot/u);
    assert.equal((vla as unknown as Pi0Vla).normalization.state, "identity");
  });
});
