import assert from "node:assert/strict";
import type { Observation } from "../../observation.ts";
import type { VlaAdapter } from "../../vla-adapter.ts";
import type { AdapterCheck } from "./adapter-subject.ts";
import { assertShares } from "./assert-shares.ts";
import { everyNth, runHead, runStages, runTail } from "./run-stages.ts";
import type { StageRun } from "./run-stages.ts";

/** Room for half precision. */
const SIMILARITY_TOLERANCE = 1e-2;

/** What a single control step must give, stage by stage. */
export const stageChecks: Readonly<Record<string, AdapterCheck>> = {
  async "encodeVision: views are those of the layout, and similarity is a cosine of every pair"(subject) {
    const adapter = await subject.createAdapter();
    for (const observation of subject.observations) {
      const { vision, tokens } = await runStages(adapter, observation);
      assert.deepEqual(vision.views, adapter.layout.views);
      assertSimilarity(vision.similarity, tokens);
    }
  },

  async "prefillHead: semantic scores are shares of attention over the visual tokens"(subject) {
    const adapter = await subject.createAdapter();
    for (const observation of subject.observations) {
      const { head, tokens } = await runStages(adapter, observation);
      const { scores, visibleRows, sequence } = head.semantic;
      assert.ok(scores[adapter.layout.semanticRows] !== undefined, "no scores for the layout's semanticRows");
      for (const [rows, score] of Object.entries(scores)) assertShares(score, tokens, `${rows} rows`);
      assert.ok(head.sequence >= tokens, "the sequence counts the visual tokens");
      assert.ok(sequence >= 1 && sequence <= head.sequence, "rows averaged for prefill");
      if (visibleRows === null) continue;
      assert.equal(visibleRows.length, tokens);
      assert.ok(visibleRows.every((rows) => rows >= 1 && rows <= sequence));
    }
  },

  async "act: attention covers the tapped layers in order, all columns below the cut and kept ones above"(
    subject,
  ) {
    const adapter = await subject.createAdapter();
    const { tappedLayers, pruneLayer } = adapter.layout;
    for (const choose of [everyNth(1), everyNth(3), everyNth(1e9)]) {
      const { acted, keep, tokens } = await runStages(adapter, first(subject.observations), choose);
      assert.deepEqual(
        acted.actionAttention.map(({ layer }) => layer),
        [...tappedLayers],
      );
      for (const { layer, columns, values } of acted.actionAttention) {
        assert.equal(columns, layer < pruneLayer ? "all" : "kept", `columns of layer ${layer}`);
        assertShares(values, columns === "all" ? tokens : keep.length, `layer ${layer}`);
      }
    }
  },

  async "act: the tokens that were asked for are the ones that are kept"(subject) {
    const adapter = await subject.createAdapter();
    const observation = first(subject.observations);
    const even = aboveTheCut(adapter, await runStages(adapter, observation, evenHalf));
    const odd = aboveTheCut(adapter, await runStages(adapter, observation, everyNth(2, 1)));
    assert.notDeepEqual(even, odd, "two disjoint choices give the same attention");
  },

  async "toAction: chunks of finite numbers, of one shape whatever is seen and kept"(subject) {
    const adapter = await subject.createAdapter();
    const shapes = new Set<string>();
    for (const observation of subject.observations) {
      for (const choose of [everyNth(1), everyNth(4)]) {
        const { actions, tokens } = (await runStages(adapter, observation, choose)).chunk;
        assert.ok(actions.length > 0 && actions.every((action) => action.length > 0), "an empty chunk");
        assert.ok(actions.flat().every(Number.isFinite), "an action that is not finite");
        assert.ok(tokens === null || tokens.every(Number.isInteger), "a token that is not whole");
        shapes.add(JSON.stringify([actions.map((action) => action.length), tokens?.length]));
      }
    }
    assert.equal(shapes.size, 1, `shapes: ${[...shapes].join(" ")}`);
  },

  async "exampleObservation: the same for the same seed, another for another, and fit to act on"(subject) {
    const adapter = await subject.createAdapter();
    assert.deepEqual(adapter.exampleObservation(1), adapter.exampleObservation(1));
    assert.notDeepEqual(adapter.exampleObservation(1), adapter.exampleObservation(2));
    const { vision } = await runStages(adapter, adapter.exampleObservation(1));
    assert.deepEqual(vision.views, adapter.layout.views, "an example shows every view");
  },

  async "steps may overlap: nothing of one reaches another"(subject) {
    const adapter = await subject.createAdapter();
    const [a, b] = subject.observations as [Observation, Observation];
    const alone = {
      a: await runStages(adapter, a, everyNth(2)),
      b: await runStages(adapter, b, everyNth(3)),
    };
    const [headA, headB] = [await runHead(adapter, a), await runHead(adapter, b)];
    const overlappedB = await runTail(adapter, headB, everyNth(3)(headB.tokens));
    const overlappedA = await runTail(adapter, headA, everyNth(2)(headA.tokens));
    assert.deepEqual(reported(overlappedA), reported(alone.a));
    assert.deepEqual(reported(overlappedB), reported(alone.b));
  },
};

/** As many even tokens as there are odd ones. */
function evenHalf(tokens: number): Int32Array {
  return everyNth(2)(tokens).subarray(0, Math.floor(tokens / 2));
}

/** Everything of a step that core sees, for comparison. */
function reported({ vision, head, acted, chunk }: StageRun): unknown {
  const { similarity } = vision;
  return { similarity, semantic: head.semantic, actionAttention: acted.actionAttention, chunk };
}

function aboveTheCut(adapter: VlaAdapter, { acted }: StageRun): Float32Array[] {
  const above = acted.actionAttention.filter(({ layer }) => layer >= adapter.layout.pruneLayer);
  assert.ok(above.length > 0, "no tapped layer above the cut");
  return above.map(({ values }) => values);
}

function assertSimilarity(similarity: Float32Array, tokens: number): void {
  assert.equal(similarity.length, tokens * tokens, "similarity must be [vision, vision]");
  for (let row = 0; row < tokens; row += 1) {
    const self = similarity[row * tokens + row] ?? Number.NaN;
    assert.ok(Math.abs(self - 1) <= SIMILARITY_TOLERANCE, `similarity of token ${row} to itself: ${self}`);
    for (let column = 0; column < row; column += 1) {
      const value = similarity[row * tokens + column] ?? Number.NaN;
      const mirrored = similarity[column * tokens + row] ?? Number.NaN;
      assert.ok(Math.abs(value) <= 1 + SIMILARITY_TOLERANCE, `similarity ${row}, ${column}: ${value}`);
      assert.ok(
        Math.abs(value - mirrored) <= SIMILARITY_TOLERANCE,
        `similarity ${row}, ${column} is lopsided`,
      );
    }
  }
}

function first(observations: readonly Observation[]): Observation {
  const [observation] = observations;
  assert.ok(observation !== undefined, "a subject needs observations");
  return observation;
}
