import assert from "node:assert/strict";
import { stepMacs } from "@vla-pruner/core";
import type { StepMacs } from "@vla-pruner/core";
import { pi0Layout } from "../src/pi0-layout.ts";
import type { Pi0Vla } from "../src/pi0-vla.ts";

/** Gemma 2 B and its expert of 300 M. */
const DECODER = {
  layers: 18,
  hidden: 2048,
  intermediate: 16_384,
  heads: 8,
  key_value_heads: 1,
  head_size: 256,
};
const EXPERT = { hidden: 1024, intermediate: 4096 };
const SEQUENCE = 3 * 256 + 48;
/** Weights of the expert's layers: what gives it its name. */
const EXPERT_WEIGHTS = 18 * (2 * (2048 + 256) * 1024 + 3 * 1024 * 4096);

function costOf(variant: Pi0Vla["variant"], steps: number, kept = SEQUENCE): StepMacs {
  const sizes = { variant, views: 3, vision_tokens_per_view: 256, horizon: 50, prune_layer: 3 };
  const vla = { ...sizes, decoder: DECODER, expert: EXPERT, tower: {} } as unknown as Pi0Vla;
  return stepMacs({ ...pi0Layout(vla, steps).cost, towers: [] }, 3, SEQUENCE, kept);
}

describe("cost of a π0 step", () => {
  it("has the expert's weights and attention once a row and Euler step", () => {
    assert.ok(Math.abs(EXPERT_WEIGHTS / 300e6 - 1) < 0.05);
    const attention = 2 * 2048 * 18 * (SEQUENCE + 51);
    assert.equal(costOf("pi0", 10).decode, 10 * 51 * (EXPERT_WEIGHTS + attention));
    assert.equal(costOf("pi0", 1).decode, costOf("pi0", 10).decode / 10);
  });

  it("has no row for the state with π0.5, which has it in the prompt", () => {
    const attention = 2 * 2048 * 18 * (SEQUENCE + 50);
    assert.equal(costOf("pi05", 10).decode, 10 * 50 * (EXPERT_WEIGHTS + attention));
  });

  it("saves the expert's attention to dropped tokens above the cut", () => {
    const saved = costOf("pi0", 10).decode - costOf("pi0", 10, SEQUENCE - 576).decode;
    assert.equal(saved, 10 * 51 * 2 * 2048 * 15 * 576);
  });
});
