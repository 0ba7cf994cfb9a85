import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createPolicy, keepAll, vlaPruner } from "@vla-pruner/core";
import type { Observation, StepResult, TokenPruner, VlaModel } from "@vla-pruner/core";
import { hasCode } from "@vla-pruner/core/testing";
import { DdimSchedule } from "../src/ddim.ts";
import { openvlaOft } from "../src/index.ts";
import type { OftOptions } from "../src/index.ts";
import { assertClose } from "../../core/test/support/close-to.ts";
import { convertAndLoad, fixtureFolder, loadFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import type { NumericStep } from "./support/fixture-episode.ts";
import { LIBERO } from "./support/fixtures.ts";
import { readGolden, unpack } from "./support/golden.ts";
import type { DenseGolden, PackedArray } from "./support/golden.ts";
import { guidedModel } from "./support/guided-model.ts";

const ACTION_TOLERANCE = 1e-4;
const NOISE_TOLERANCE = 1e-4;
const SAMPLE_TOLERANCE = 1e-5;
const { cases } = readGolden("dense-libero") as DenseGolden;
const episode = fixtureEpisode(LIBERO, 56);
/** What a discrete head without proprio reads. */
const seen: readonly Observation[] = episode.map(({ pixelValues, inputIds }) => ({ pixelValues, inputIds }));

async function play(
  model: VlaModel,
  pruner: TokenPruner,
  options: OftOptions = {},
  observations: readonly Observation[] = episode,
): Promise<StepResult[]> {
  const policy = createPolicy({ adapter: openvlaOft(options).createAdapter(model), pruner });
  const steps: StepResult[] = [];
  for (const observation of observations) steps.push(await policy.act(observation));
  return steps;
}

/** `[steps, chunk, action]` by step. */
function stepsOf(packed: PackedArray | undefined): Float32Array[] {
  if (packed === undefined) return [];
  const [steps = 0, ...sizes] = packed.shape;
  const size = sizes.reduce((product, dim) => product * dim, 1);
  const values = unpack(packed);
  return Array.from({ length: steps }, (_, step) => values.slice(step * size, (step + 1) * size));
}

describe("openvla-oft with a discrete head, against the official code", () => {
  let model: VlaModel;

  before(async () => {
    const folder = await fixtureFolder({ ...LIBERO, config: { ...LIBERO.config, action_head: "discrete" } });
    for (const name of ["action_head", "proprio_projector"])
      await rm(join(folder, `${name}--100_checkpoint.pt`));
    model = await convertAndLoad(folder, { views: 2 });
  });

  after(() => model.dispose());

  it("chooses the same tokens, and actions in the same units", async () => {
    const steps = await play(model, keepAll(), {}, seen);
    for (const [index, { tokens, action }] of (cases["discrete"]?.steps ?? []).entries()) {
      assert.deepEqual(steps[index]?.tokens, tokens?.flat());
      assertClose(
        steps[index]?.actions.flat() ?? [],
        action.bounds_q99.flat(),
        ACTION_TOLERANCE,
        `step ${index}`,
      );
    }
  });

  it("prunes to the budget after the window is full", async () => {
    const kept = (await play(model, vlaPruner({ retention: 0.25 }), {}, seen)).map(({ keep }) => keep.length);
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
    const theirs = cases[`diffusion/${steps}`]?.steps[0]?.diffusion;

    it(`predicts the same noise at each of ${steps} steps`, async () => {
      const [first] = episode as [NumericStep];
      const [samples, noise] = [stepsOf(theirs?.samples), stepsOf(theirs?.noisePredictions)];
      assert.equal(noise.length, steps);
      const { parts, predictions } = guidedModel(model, samples);
      const policy = createPolicy({ adapter: openvlaOft({ steps }).createAdapter(parts), pruner: keepAll() });
      await policy.act(first);
      assert.equal(predictions.length, steps);
      for (const [step, ours] of predictions.entries())
        assertClose(ours, noise[step] ?? [], NOISE_TOLERANCE, `step ${step}`);
    });

    it(`goes from noise to actions alike, in ${steps} steps`, () => {
      const schedule = new DdimSchedule(steps);
      assert.deepEqual(schedule.timesteps, theirs?.timesteps);
      const [samples, noise] = [stepsOf(theirs?.samples), stepsOf(theirs?.noisePredictions)];
      let sample: Float32Array = episode[0]?.noise ?? new Float32Array(0);
      for (const [step, timestep] of schedule.timesteps.entries()) {
        sample = schedule.step(sample, noise[step] ?? new Float32Array(0), timestep);
        assertClose(sample, samples[step] ?? [], SAMPLE_TOLERANCE, `step ${step}`);
      }
    });
  }

  it("draws its own noise from the seed, the same for the same observation", async () => {
    const [{ pixelValues, inputIds, state }] = episode as [NumericStep];
    const first = { pixelValues, inputIds, state };
    const chunks = [];
    for (const seed of [1, 1, 2])
      chunks.push((await play(model, keepAll(), { steps: 2, seed }, [first]))[0]?.actions);
    assert.deepEqual(chunks[0], chunks[1]);
    assert.notDeepEqual(chunks[0], chunks[2]);
  });

  it("equals the unpruned model at retention 1, and prunes to the budget below", async () => {
    const [dense, whole, quarter] = [
      await play(model, keepAll(), { steps: 2 }),
      await play(model, vlaPruner({ retention: 1 }), { steps: 2 }),
      await play(model, vlaPruner({ retention: 0.25 }), { steps: 2 }),
    ];
    assert.deepEqual(
      whole.map(({ actions: chunk }) => chunk),
      dense.map(({ actions: chunk }) => chunk),
    );
    assert.deepEqual(
      quarter.map(({ keep }) => keep.length),
      [128, 128, 128, 32, 32, 32, 32, 32],
    );
  });

  it("refuses noise of the wrong shape, and steps that it was not trained for", async () => {
    const [step] = episode as [NumericStep];
    await assert.rejects(
      play(model, keepAll(), {}, [{ ...step, noise: step.noise.slice(1) }]),
      hasCode("observation-invalid"),
    );
    await assert.rejects(
      play(model, keepAll(), {}, [{ ...step, noise: step.noise.map(() => Number.NaN) }]),
      hasCode("observation-invalid"),
    );
    assert.throws(() => openvlaOft({ step: 2 } as OftOptions), hasCode("invalid-option"));
    for (const steps of [0, 51, 1.5])
      assert.throws(() => openvlaOft({ steps }).createAdapter(model), hasCode("invalid-option"));
  });
});
