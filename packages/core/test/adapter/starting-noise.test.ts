import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { checkPluginOptions, startingNoise } from "../../src/adapter/index.ts";
import type { NoiseOrigin } from "../../src/adapter/index.ts";

const draw = (origin: Partial<NoiseOrigin>): Float32Array =>
  startingNoise({}, { shape: [2, 3], options: {}, seen: [[0.1, 0.2]], ...origin });

const at = (noise: "step" | "fixed", step: number, seed = 0): Float32Array =>
  draw({ options: { noise, seed }, step });

describe("starting noise", () => {
  it("jumps with the last bit of what is seen, unless it is by the step or fixed", () => {
    const moved = [[0.1, 0.2 + 1e-7]];
    assert.notDeepEqual(draw({ seen: moved }), draw({}));
    for (const noise of ["step", "fixed"] as const)
      assert.deepEqual(draw({ options: { noise }, seen: moved }), draw({ options: { noise } }));
  });

  it("is another at every step, by the step, and the same, fixed; the seed counts for both", () => {
    assert.notDeepEqual(at("step", 1), at("step", 2));
    assert.deepEqual(at("fixed", 1), at("fixed", 2));
    assert.notDeepEqual(at("step", 1, 5), at("step", 1));
    assert.notDeepEqual(at("fixed", 1, 5), at("fixed", 1));
  });

  it("is refused as a plain list, and by a source that is none", () => {
    const origin = { shape: [1, 2], options: {}, seen: [] } as const;
    const noise = [0.5, 0.5] as unknown as Float32Array;
    assert.throws(() => startingNoise({ noise }, origin), hasCode("observation-invalid"));
    assert.throws(() => checkPluginOptions("p", { noise: "state" as "step" }), hasCode("invalid-option"));
  });
});
