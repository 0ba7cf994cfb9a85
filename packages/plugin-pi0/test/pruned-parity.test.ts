import assert from "node:assert/strict";
import { createPolicy, vlaPruner } from "@vla-pruner/core";
import type { StepResult } from "@vla-pruner/core";
import { pi0 } from "../src/index.ts";
import { fixtureModel } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { FORMS, PI0, PI05 } from "./support/fixtures.ts";
import { assertClose, readGolden } from "./support/golden.ts";
import type { PackedArray, PrunedGolden } from "./support/golden.ts";

const TOLERANCE = 1e-4;
const ATTENTION_TOLERANCE = 1e-5;

const CASES = [PI0, PI05].flatMap((fixture) =>
  FORMS.flatMap((target) => ["episode", "absent"].map((name) => ({ fixture, target, name }))),
);

/** Every episode in the portable graphs; on CUDA one of each architecture, on WebGPU the one with a camera that is absent. */
const PLAYED = CASES.filter(({ fixture, target, name }) => {
  if (target === "webgpu") return fixture === PI05 && name === "absent";
  return target === "cpu" || (fixture === PI0) === (name === "episode");
});

for (const { fixture, target, name } of PLAYED) {
  describe(`${fixture.name}, pruned, against our patch on openpi, graphs for ${target}: ${name}`, () => {
    const golden = readGolden(`${fixture.name}-${name}`) as PrunedGolden;
    const observations = fixtureEpisode(fixture, name);

    for (const [key, { retention, semanticRows, steps }] of Object.entries(golden.cases)) {
      it(`${key}: the same tokens, the same actions, ${steps.length} calls`, async () => {
        const adapter = pi0({ steps: golden.eulerSteps }).createAdapter(
          await fixtureModel(fixture, { target, steps: golden.eulerSteps }),
        );
        const { actionLayers } = golden;
        const pruner = vlaPruner({ retention, semanticRows, actionLayers });
        const policy = createPolicy({ adapter, pruner });
        for (const [index, expected] of steps.entries()) {
          const result = await policy.act(observations[index] ?? {});
          const where = `call ${index}`;
          assert.equal(result.decision, expected.decision, where);
          assert.deepEqual(
            result.views.map((view) => view.name),
            expected.views,
          );
          if (expected.kept === null) assert.equal(result.keep.length, 256 * expected.views.length, where);
          else assert.deepEqual(keptByView(result), expected.kept, where);
          assertClose(result.actions.flat(), expected.actions, TOLERANCE, `${where}: actions`);
          assertAttention(result.semantic[semanticRows], expected.semantic, `${where}: semantic`);
          assertAttention(result.forecast, expected.forecast, `${where}: forecast`);
          assertAttention(result.actionAttention, expected.actionAttention, `${where}: action attention`);
        }
      });
    }
  });
}

function keptByView({ views, keep }: StepResult): number[][] {
  return views.map(({ start, count }) =>
    [...keep].filter((index) => index >= start && index < start + count).map((index) => index - start),
  );
}

/** Nothing to compare where the golden has no vector; no vector where it has null. */
function assertAttention(
  found: Float32Array | null | undefined,
  golden: PackedArray | null | undefined,
  what: string,
): void {
  if (golden === undefined) return;
  if (golden === null) assert.equal(found, null, what);
  else assertClose(found ?? [], golden, ATTENTION_TOLERANCE, what);
}
