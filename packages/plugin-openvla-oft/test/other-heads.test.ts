import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createPolicy, keepAll, vlaPruner } from "@vla-pruner/core";
import type { StepResult, TokenPruner, VlaModel } from "@vla-pruner/core";
import { hasCode } from "@vla-pruner/core/testing";
import { openvlaOft } from "../src/index.ts";
import type { OftOptions } from "../src/index.ts";
import { assertClose } from "./support/close-to.ts";
import { convertAndLoad, fixtureFolder, loadFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import type { NumericStep } from "./support/fixture-episode.ts";
import { LIBERO } from "./support/fixtures.ts";
import { readGolden } from "./support/golden.ts";
import type { DenseGolden } from "./support/golden.ts";

const ACTION_TOLERANCE = 1e-4;
const { cases } = readGolden("dense-libero") as DenseGolden;
const episode = fixtureEpisode(LIBERO, 56);

async function play(model: VlaModel, pruner: TokenPruner, options: OftOptions = {}, observations: readonly NumericStep[] = episode): Promise<StepResult[]> {
  const policy = createPolicy({ adapter: openvlaOft(options).createAdapter(model), pruner });
  const steps: StepResult[] = [];
  for (const observation of observations) steps.push(await policy.act(observation));
  return steps;
}

describe("openvla-oft with a discrete head, against the official code", () => {
  let model: VlaModel;

  before(async () => {
    const folder = await fixtureFolder({ ...LIBERO, config: { ...LIBERO.config, action_head: "discrete" } });
    for (const name of ["action_head", "proprio_projector"]) await rm(join(folder, `${name}--100_checkpoint.pt`));
    model = await convertAndLoad(folder, { views: 2 });
  });

  after(() => model.dispose());

  it("chooses the same tokens, and actions in the same units", async () => {
    const steps = await play(model, keepAll());
    for (const [index, { tokens, action }] of (cases["discrete"]?.steps ?? []).entries()) {
      assert.deepEqual(steps[index]?.tokens, tokens?.flat());
      assertClose(steps[index]?.chunk.flat() ?? [], action.bounds_q99.flat(), ACTION_TOLERANCE, `step ${index}`);
    }
  });

  it("prunes to the budget after the window is full", async () => {
    const kept = (await play(model, vlaPruner({ retention: 0.25 }))).map(({ keep }) => keep.length);
    assert.deepEqual(kept, [128, 128, 128, 32, 32, 32, 32, 32]);
  });
});

describe("openvla-oft with a diffusion head, against the official code", () => {
  let model: VlaModel;

  before(async () => {
    model = await loadFixture(LIBERO, { head: "diffusion" });
  });

  after(() => model.dispose());

  for (const steps of [50, 10]) {
    it(`gives the same actions from the same noise, in ${steps} steps`, async () => {
      const golden = cases[`diffusion/${steps}`]?.steps ?? [];
      assert.ok(golden.length > 0);
      const ours = await play(model, keepAll(), { steps }, episode.slice(0, golden.length));
      for (const [index, { action }] of golden.entries()) {
        assertClose(ours[index]?.chunk.flat() ?? [], action.bounds_q99.flat(), ACTION_TOLERANCE, `step ${index}`);
      }
    });
  }

  it("draws its own noise from the seed, the same for the same observation", async () => {
    const [first] = episode.map(({ noise: _, ...rest }) => rest) as [NumericStep];
    const chunks = [];
    for (const seed of [1, 1, 2]) chunks.push((await play(model, keepAll(), { steps: 2, seed }, [first]))[0]?.chunk);
    assert.deepEqual(chunks[0], chunks[1]);
    assert.notDeepEqual(chunks[0], chunks[2]);
  });

  it("equals the unpruned model at retention 1, and prunes to the budget below", async () => {
    const [dense, whole, quarter] = [
      await play(model, keepAll(), { steps: 2 }),
      await play(model, vlaPruner({ retention: 1 }), { steps: 2 }),
      await play(model, vlaPruner({ retention: 0.25 }), { steps: 2 }),
    ];
    assert.deepEqual(whole.map(({ chunk }) => chunk), dense.map(({ chunk }) => chunk));
    assert.deepEqual(quarter.map(({ keep }) => keep.length), [128, 128, 128, 32, 32, 32, 32, 32]);
  });

  it("refuses noise of the wrong shape, and steps that it was not trained for", async () => {
    const [step] = episode as [NumericStep];
    await assert.rejects(play(model, keepAll(), {}, [{ ...step, noise: step.noise.slice(1) }]), hasCode("observation-invalid"));
    await assert.rejects(play(model, keepAll(), {}, [{ ...step, noise: step.noise.map(() => Number.NaN) }]), hasCode("observation-invalid"));
    for (const steps of [0, 51, 1.5]) assert.throws(() => openvlaOft({ steps }).createAdapter(model), hasCode("invalid-option"));
  });
});
