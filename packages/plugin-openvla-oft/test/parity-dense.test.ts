import assert from "node:assert/strict";
import { createPolicy, keepAll } from "@vla-pruner/core";
import type { VlaModel } from "@vla-pruner/core";
import { openvlaOft } from "../src/index.ts";
import type { OftVla } from "../src/oft-vla.ts";
import { readStatistics, unnormalizeActions } from "../src/statistics.ts";
import { assertClose } from "../../core/test/support/close-to.ts";
import { loadFixture } from "./support/converted-fixture.ts";
import { ALOHA, LIBERO } from "./support/fixtures.ts";
import type { OftFixture } from "./support/fixtures.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import type { NumericStep } from "./support/fixture-episode.ts";
import { readGolden, unpack } from "./support/golden.ts";
import type { DenseCase, DenseGolden, PackedRows } from "./support/golden.ts";
import { recordStages } from "./support/recorder.ts";

const HIDDEN_TOLERANCE = 1e-4;
const ATTENTION_TOLERANCE = 1e-5;
const ACTION_TOLERANCE = 1e-4;

const CASES: readonly (readonly [OftFixture, string])[] = [
  [LIBERO, "l1/1-view"],
  [LIBERO, "l1/2-views"],
  [ALOHA, "l1/3-views"],
];

const FORMS = CASES.flatMap(([fixture, name]) =>
  (["cpu", "cuda", "webgpu"] as const).map((target) => ({ fixture, name, target })),
);

for (const { fixture, name, target } of FORMS) {
  describe(`openvla-oft without pruning, against the official code: ${fixture.name} ${name}, for ${target}`, () => {
    const golden = (readGolden(`dense-${fixture.name}`) as DenseGolden).cases[name] as DenseCase;
    const episode = fixtureEpisode(fixture, 0).map((step) => firstViews(step, golden.views, fixture.views));
    let model: VlaModel;

    before(async () => {
      model = await loadFixture(fixture, { views: golden.views, target });
    });

    after(() => model.dispose());

    const play = () => {
      const recorder = recordStages();
      const adapter = openvlaOft().createAdapter(model);
      return {
        recorder,
        policy: createPolicy({ adapter, pruner: keepAll(), middleware: [recorder.middleware] }),
      };
    };

    it("gives the same actions, normalised and by both kinds of bounds", async () => {
      const { policy, recorder } = play();
      const vla = model.vla as unknown as OftVla;
      for (const [step, theirs] of golden.steps.entries()) {
        const { actions: chunk } = await policy.act(episode[step] as NumericStep);
        const ours = recorder.normalized();
        assertClose(ours, theirs.normalized.flat(), ACTION_TOLERANCE, `normalised, step ${step}`);
        for (const scheme of ["bounds", "bounds_q99"] as const) {
          const actions = unnormalizeActions(ours, readStatistics(vla, undefined, scheme).action);
          assertClose(
            actions.flat(),
            theirs.action[scheme].flat(),
            ACTION_TOLERANCE,
            `${scheme}, step ${step}`,
          );
          if (scheme === vla.normalization) assert.deepEqual(chunk, actions);
        }
      }
    });

    it("has the same visual tokens, and hidden states at the cut", async () => {
      const { policy, recorder } = play();
      const { sequence } = await policy.act(episode[0] as NumericStep);
      assert.equal(sequence, golden.layout.length);
      assertRows(recorder.features(), golden.steps[0]?.imageFeatures, "image_features");
      assertRows(recorder.hidden(), golden.steps[0]?.hiddenStates, "hidden_states");
    });

    it("attends to the pictures alike, below the cut and in every layer", async () => {
      const { policy, recorder } = play();
      for (const [step, theirs] of golden.steps.entries()) {
        const { semantic } = await policy.act(episode[step] as NumericStep);
        for (const rows of ["prefill", "last", "text"] as const) {
          const expected = theirs.semantic?.[rows];
          assert.ok(expected !== undefined);
          assertClose(
            semantic[rows] ?? [],
            unpack(expected),
            ATTENTION_TOLERANCE,
            `${rows} rows of step ${step}`,
          );
        }
        assert.ok(theirs.actionAttention !== undefined);
        const ours = recorder.layers().flatMap(({ values }) => [...values]);
        assertClose(
          ours,
          unpack(theirs.actionAttention),
          ATTENTION_TOLERANCE,
          `action attention of step ${step}`,
        );
      }
    });
  });
}

/** The first of the episode's views: a model of one camera on an episode of several. */
function firstViews(step: NumericStep, views: number, all: number): NumericStep {
  const { data, dims } = step.pixelValues;
  const [one = 1, channels = 0, ...sides] = dims;
  const part = data.subarray(0, (data.length * views) / all);
  return { ...step, pixelValues: { data: part, dims: [one, (channels * views) / all, ...sides] } };
}

function assertRows(matrix: ArrayLike<number>, golden: PackedRows | undefined, what: string): void {
  assert.ok(golden !== undefined);
  const [, width = 0] = golden.shape;
  const ours = golden.rows.flatMap((row) =>
    Array.from({ length: width }, (_, column) => matrix[row * width + column] ?? Number.NaN),
  );
  assertClose(ours, unpack(golden), HIDDEN_TOLERANCE, what);
}
