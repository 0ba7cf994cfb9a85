import assert from "node:assert/strict";
import { createPolicy, keepAll, vlaPruner } from "@vla-pruner/core";
import type { StepResult, TokenPruner, VlaModel } from "@vla-pruner/core";
import { openvlaOft } from "../src/index.ts";
import { assertClose } from "../../core/test/support/close-to.ts";
import { loadFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { LIBERO } from "./support/fixtures.ts";
import { readGolden } from "./support/golden.ts";
import type { DenseGolden } from "./support/golden.ts";

/** Actions lie between −1 and 1 or little beyond. */
const TOLERANCE = 0.15;

describe("openvla-oft in half precision", () => {
  let model: VlaModel;

  before(async () => {
    model = await loadFixture(LIBERO, { dtype: "fp16" });
  });

  after(() => model.dispose());

  async function play(pruner: TokenPruner): Promise<StepResult[]> {
    const policy = createPolicy({ adapter: openvlaOft().createAdapter(model), pruner });
    const steps: StepResult[] = [];
    for (const observation of fixtureEpisode(LIBERO, 0).slice(0, 5))
      steps.push(await policy.act(observation));
    return steps;
  }

  it("acts much like the official code in single precision", async () => {
    const golden = (readGolden("dense-libero") as DenseGolden).cases["l1/2-views"]?.steps ?? [];
    const steps = await play(keepAll());
    for (const [index, { action }] of golden.entries()) {
      assertClose(steps[index]?.actions.flat() ?? [], action.bounds_q99.flat(), TOLERANCE, `step ${index}`);
    }
  });

  it("prunes to the budget after the window is full", async () => {
    const kept = (await play(vlaPruner({ retention: 0.25 }))).map(({ keep }) => keep.length);
    assert.deepEqual(kept, [128, 128, 128, 32, 32]);
  });

  for (const head of ["film", "diffusion"]) {
    it(`runs with the other graphs too: ${head}`, async () => {
      const other = await loadFixture(LIBERO, {
        dtype: "fp16",
        head,
        ...(head === "diffusion" && { steps: 2 }),
      });
      const policy = createPolicy({ adapter: openvlaOft().createAdapter(other), pruner: keepAll() });
      const { actions: chunk } = await policy.act(
        fixtureEpisode(LIBERO, head === "diffusion" ? 56 : 0)[0] ?? assert.fail(),
      );
      assert.ok(chunk.flat().every(Number.isFinite));
      await other.dispose();
    });
  }
});
