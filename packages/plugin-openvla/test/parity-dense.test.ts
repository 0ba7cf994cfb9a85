import assert from "node:assert/strict";
import { loadPolicy } from "@vla-pruner/core";
import type { StepResult } from "@vla-pruner/core";
import { openvla } from "../src/index.ts";
import { assertClose } from "../../core/test/support/close-to.ts";
import { fixtureModel } from "./support/converted-fixture.ts";
import type { Target } from "@vla-pruner/format";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { FORMS, REFERENCE } from "./support/fixtures.ts";
import { VARIANTS } from "./support/variants.ts";
import { readGolden, unpack } from "./support/golden.ts";
import type { DenseGolden, PackedRows } from "./support/golden.ts";
import type { OpenVlaFixture } from "./support/openvla-fixture.ts";
import { recordStages } from "../../core/test/support/record-stages.ts";

const ATTENTION_TOLERANCE = 1e-5;
const HIDDEN_TOLERANCE = 1e-4;
const ACTION_TOLERANCE = 1e-6;

interface RecordedStep extends Pick<StepResult, "action" | "tokens" | "semantic"> {
  readonly features: Float32Array;
  readonly hidden: Float32Array;
  /** `[vision]` by layer. */
  readonly attention: readonly Float32Array[];
}

const CASES = [REFERENCE, ...VARIANTS].flatMap((fixture) => FORMS.map((target) => ({ fixture, target })));

for (const { fixture, target } of CASES) {
  describe(`openvla without pruning, against the official code: ${fixture.name}, for ${target}`, () => {
    const golden = readGolden(`dense-${fixture.name}`) as DenseGolden;
    const steps: RecordedStep[] = [];

    before(async () => {
      steps.push(...(await playDense(fixture, target)));
    });

    it("chooses the same action tokens, and actions in the same units", () => {
      assert.deepEqual(
        steps.map(({ tokens }) => tokens),
        golden.steps.map(({ tokens }) => tokens),
      );
      for (const [index, { action }] of golden.steps.entries()) {
        assertClose(steps[index]?.action ?? [], action, ACTION_TOLERANCE, `action of step ${index}`);
      }
    });

    it("has the same visual tokens, and hidden states at the cut", () => {
      const [{ features, hidden } = { features: [], hidden: [] }] = steps;
      const [{ imageFeatures, hiddenStates } = {}] = golden.steps;
      assertRows(features, imageFeatures, "image_features");
      if (target === "cpu") assertRows(hidden, hiddenStates, "hidden_states");
    });

    it("attends to the picture alike, below the cut", () => {
      for (const [index, { semantic }] of golden.steps.entries()) {
        for (const rows of ["prefill", "last", "text"] as const) {
          const ours = steps[index]?.semantic[rows] ?? [];
          assertClose(ours, unpack(semantic[rows]), ATTENTION_TOLERANCE, `${rows} rows of step ${index}`);
        }
      }
    });

    it("attends to the picture alike while it chooses actions, in every layer", () => {
      for (const [index, { actionAttention }] of golden.steps.entries()) {
        const ours = steps[index]?.attention ?? [];
        const [layers = 0, vision = 0] = actionAttention.shape;
        assert.equal(ours.length, layers);
        const theirs = unpack(actionAttention);
        for (const [layer, values] of ours.entries()) {
          const expected = theirs.subarray(layer * vision, (layer + 1) * vision);
          assertClose(values, expected, ATTENTION_TOLERANCE, `layer ${layer} of step ${index}`);
        }
      }
    });
  });
}

async function playDense(fixture: OpenVlaFixture, target: Target): Promise<RecordedStep[]> {
  const recorder = recordStages();
  const model = await fixtureModel(fixture, target);
  const policy = await loadPolicy(model, { plugins: [openvla()], middleware: [recorder.middleware] });
  const steps: RecordedStep[] = [];
  for (const observation of fixtureEpisode(fixture.config, fixture.seed)) {
    const { action, tokens, semantic } = await policy.act(observation);
    const attention = recorder.layers().map(({ values }) => values);
    steps.push({
      action,
      tokens,
      semantic,
      attention,
      features: recorder.features(),
      hidden: recorder.hidden(),
    });
  }
  await policy.dispose();
  return steps;
}

function assertRows(matrix: ArrayLike<number>, golden: PackedRows | undefined, what: string): void {
  assert.ok(golden !== undefined);
  const [, width = 0] = golden.shape;
  const ours = golden.rows.flatMap((row) =>
    Array.from({ length: width }, (_, column) => matrix[row * width + column] ?? Number.NaN),
  );
  assertClose(ours, unpack(golden), HIDDEN_TOLERANCE, what);
  assert.equal(matrix.length, (1 + Math.max(...golden.rows)) * width, `${what}: rows in all`);
}
