import assert from "node:assert/strict";
import { createPolicy, keepAll } from "@vla-pruner/core";
import type { StepResult } from "@vla-pruner/core";
import type { Target } from "@vla-pruner/format";
import { pi0 } from "../src/index.ts";
import { fixtureModel } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import type { NumericStep } from "./support/fixture-episode.ts";
import { FORMS, PI0, PI05, PRUNE_LAYER } from "./support/fixtures.ts";
import type { Pi0Fixture } from "./support/fixtures.ts";
import { assertClose, assertRowsClose, readGolden } from "./support/golden.ts";
import type { DenseCase, DenseGolden } from "./support/golden.ts";
import { recordingModel } from "./support/recording-model.ts";
import type { RecordedRun } from "./support/recording-model.ts";

const CALL = { episode: "one" };

const TOLERANCE = 1e-4;
const ATTENTION_TOLERANCE = 1e-5;
/** Of actions up to 5, in half precision. */
const HALF_TOLERANCE = 2e-2;

for (const [fixture, target] of [PI0, PI05].flatMap((one) => FORMS.map((form) => [one, form] as const))) {
  describe(`${fixture.name}, dense, against openpi, graphs for ${target}`, () => {
    const { cases } = readGolden(`${fixture.name}-dense`) as DenseGolden;
    const observations = fixtureEpisode(fixture, "dense");

    for (const golden of cases) {
      const observation = observations[golden.line] as NumericStep;
      const title = `${golden.views.length} cameras, ${golden.steps} Euler steps`;
      let acted: Acted | undefined;
      const actOnce = async (): Promise<Acted> =>
        (acted ??= await act(fixture, observation, golden.steps, target));

      it(`${title}: image features, hidden states, positions, velocities`, async () => {
        const { runs } = await actOnce();
        assertVision(outputsOf(runs, "vision_encoder"), golden);
        const hidden = outputsOf(runs, "prefill_head")["hidden_states"] ?? new Float32Array();
        assertRowsClose(hidden, golden.hiddenStates, TOLERANCE, "hidden states");
        if (target !== "cpu") return; // The others' Euler steps stay inside of one run.
        const denoising = runs.filter(({ session }) => session === "denoise");
        assert.equal(denoising.length, golden.steps);
        assert.deepEqual(denoising[0]?.feeds["position_ids"], golden.suffixPositions);
        for (const [step, velocity] of golden.velocity.entries()) {
          assertClose(denoising[step]?.outputs["velocity"] ?? [], velocity, TOLERANCE, `velocity ${step}`);
        }
      });

      it(`${title}: actions and attention`, async () => {
        const { result } = await actOnce();
        assert.deepEqual(
          result.views.map(({ name }) => name),
          golden.views,
        );
        assert.equal(result.sequence, golden.prefixPositions.length);
        assertClose(result.actions.flat(), golden.actions, TOLERANCE, "actions");
        for (const rows of ["prefill", "last", "text"] as const) {
          assertClose(result.semantic[rows] ?? [], golden.semantic[rows], ATTENTION_TOLERANCE, rows);
        }
      });

      it(`${title}: action attention of every layer`, async () => {
        const model = await fixtureModel(fixture, { target, steps: golden.steps });
        const adapter = pi0({ steps: golden.steps }).createAdapter(model);
        const prepared = await adapter.prepare(observation, CALL);
        const vision = await adapter.encodeVision(prepared, CALL);
        const head = await adapter.prefillHead(prepared, vision, CALL);
        const keep = Int32Array.from({ length: 256 * golden.views.length }, (_, index) => index);
        const { actionAttention } = await adapter.act(prepared, head, keep, CALL);
        adapter.release?.({ vision, head });
        assert.deepEqual(
          actionAttention.map(({ layer, columns }) => [layer, columns]),
          actionAttention.map((_, layer) => [layer, layer < PRUNE_LAYER ? "all" : "kept"]),
        );
        const values = actionAttention.flatMap((tap) => [...tap.values]);
        assertClose(values, golden.actionAttention, ATTENTION_TOLERANCE, "action attention");
      });
    }

    it("half precision: close to openpi's full one", async () => {
      const adapter = pi0().createAdapter(await fixtureModel(fixture, { dtype: "fp16", target }));
      const [observation = {}] = observations;
      const { actions: chunk } = await createPolicy({ adapter, pruner: keepAll() }).act(observation);
      const [golden] = cases;
      assertClose(chunk.flat(), (golden as DenseCase).actions, HALF_TOLERANCE, "actions");
    });
  });
}

interface Acted {
  readonly result: StepResult;
  readonly runs: readonly RecordedRun[];
}

async function act(
  fixture: Pi0Fixture,
  observation: NumericStep,
  steps: number,
  target: Target,
): Promise<Acted> {
  const { model, runs } = recordingModel(await fixtureModel(fixture, { target, steps }));
  const adapter = pi0({ steps }).createAdapter(model);
  return { result: await createPolicy({ adapter, pruner: keepAll() }).act(observation), runs };
}

function outputsOf(runs: readonly RecordedRun[], session: string): Readonly<Record<string, Float32Array>> {
  return runs.find((run) => run.session === session)?.outputs ?? {};
}

function assertVision(
  { image_features: features }: Readonly<Record<string, Float32Array>>,
  golden: DenseCase,
): void {
  for (const [slot, view] of golden.views.entries()) {
    const rows = golden.imageFeatures[view];
    assert.ok(rows !== undefined && features !== undefined);
    const size = features.length / golden.views.length;
    assertRowsClose(
      features.subarray(slot * size, (slot + 1) * size),
      rows,
      TOLERANCE,
      `features of ${view}`,
    );
  }
}
