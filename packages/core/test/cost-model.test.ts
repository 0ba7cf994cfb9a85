import assert from "node:assert/strict";
import { layerMacs, prefillMacs, stepMacs } from "../src/cost-model.ts";
import type { DecoderCost } from "../src/cost-model.ts";

const OPENVLA: DecoderCost = {
  layers: 32,
  hidden: 4096,
  intermediate: 11008,
  vocabulary: 32064,
  decodeSteps: 6,
  towers: [],
};
const TEXT_TOKENS = 291 - 256;

describe("cost model", () => {
  it("gives the paper's column for OpenVLA: 291 tokens, cut at 3", () => {
    const column = [256, 128, 64, 32].map((kept) => prefillMacs(OPENVLA, 3, 291, TEXT_TOKENS + kept) / 1e12);
    assert.deepEqual(
      column.map((terra) => terra.toFixed(3)),
      ["1.907", "1.142", "0.762", "0.573"],
    );
  });

  it("counts one layer by the formula", () => {
    assert.equal(layerMacs(3, 2, 5), 4 * 3 * 4 + 2 * 9 * 2 + 3 * 3 * 2 * 5);
  });

  it("counts vision, decode and head apart, by hand on a small model", () => {
    const cost: DecoderCost = {
      layers: 3,
      hidden: 2,
      intermediate: 5,
      vocabulary: 11,
      decodeSteps: 2,
      towers: [
        { layers: 1, hidden: 3, intermediate: 4, tokens: 2 },
        { layers: 2, hidden: 1, intermediate: 1, tokens: 1 },
      ],
    };
    const { vision, prefill, decode, head } = stepMacs(cost, 1, 10, 6);
    assert.equal(vision, 4 * 2 * 9 + 2 * 4 * 3 + 2 * 2 * 3 * 4 + 2 * (4 + 2 + 2));
    assert.equal(prefill, layerMacs(10, 2, 5) + 2 * layerMacs(6, 2, 5));
    // A decode step: projections and MLP of 3 layers, and attention to 10 + 6 + 6 cached tokens.
    assert.equal(decode, 2 * (3 * (4 * 4 + 3 * 2 * 5) + 2 * 2 * 22));
    assert.equal(head, 3 * 2 * 11);
  });

  const SMALL: DecoderCost = {
    layers: 3,
    hidden: 2,
    intermediate: 5,
    vocabulary: 11,
    decodeSteps: 0,
    towers: [],
  };

  it("counts a head over placeholders, and heads of another kind", () => {
    assert.equal(stepMacs({ ...SMALL, headRows: 4 }, 1, 10, 6).head, 4 * 2 * 11);
    assert.equal(stepMacs({ ...SMALL, vocabulary: 0, actionHead: 70 }, 1, 10, 6).head, 70);
  });

  it("counts every pass of a diffusion head: the first as prefill, the others as decode", () => {
    const { prefill, decode, head } = stepMacs(
      { ...SMALL, vocabulary: 0, actionHead: 70, passes: 5 },
      1,
      10,
      6,
    );
    assert.deepEqual([prefill, decode, head], [stepMacs(SMALL, 1, 10, 6).prefill, 4 * prefill, 5 * 70]);
  });

  it("counts an expert's rows at every Euler step, over the pruned prompt and over themselves", () => {
    const expert = { hidden: 3, intermediate: 4, queryWidth: 8, keyValueWidth: 2, rows: 5, steps: 10 };
    const { decode } = stepMacs({ ...SMALL, expert }, 1, 10, 6);
    const linear = 3 * 8 + 8 * 3 + 2 * 3 * 2 + 3 * 3 * 4;
    const attention = 2 * 8 * (10 + 6 + 6 + 3 * 5);
    assert.equal(decode, 10 * 5 * (3 * linear + attention));
  });
});
