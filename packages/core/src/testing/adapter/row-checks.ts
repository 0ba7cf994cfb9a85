import assert from "node:assert/strict";
import type { HeadResult } from "../../vla-adapter.ts";
import type { AdapterCheck, AdapterSubject } from "./adapter-subject.ts";
import { assertNear } from "./assert-near.ts";
import { inOtherWords, withAnotherLastId } from "./changed-observation.ts";
import { runStages } from "./run-stages.ts";

type Scores = HeadResult["semantic"]["scores"];

/** Room for half precision. */
const TOLERANCE = 1e-2;

/**
 * Whether semantic rows are what they are called. Core cannot see rows; but it can change words, and see which scores
 * follow. Where a mask is causal, no row but the last sees the last word. Everywhere, a mean over a few words moves more
 * with them than the mean over all rows, most of which belong to the picture.
 */
export const rowChecks: Readonly<Record<string, AdapterCheck>> = {
  async "prefillHead: of a causal prompt, the last word changes the last row alone"(subject) {
    const adapter = await subject.createAdapter();
    for (const observation of [...subject.observations.slice(0, 1), adapter.exampleObservation(1)]) {
      const { semantic } = (await runStages(adapter, observation)).head;
      const changed = withAnotherLastId(observation);
      if (semantic.visibleRows === null || changed === null) continue;
      const after = (await runStages(adapter, changed)).head.semantic;
      assert.notDeepEqual(after.scores.last, semantic.scores.last, "the last row does not see its own word");
      const [one, other] = [otherRows(semantic), otherRows(after)];
      assertNear(other, one, TOLERANCE, "prefill × sequence − last, which is the sum of all other rows");
    }
  },

  async "prefillHead: rows of words follow the words more than the mean over all rows does"(subject) {
    const adapter = await subject.createAdapter();
    for (const observation of [...subject.observations.slice(0, 1), adapter.exampleObservation(1)]) {
      const before = (await runStages(adapter, observation)).head.semantic.scores;
      const after = (await runStages(adapter, inOtherWords(observation))).head.semantic.scores;
      const moved = (rows: keyof Scores): number | null => change(before[rows], after[rows]);
      const all = moved("prefill");
      if (all === null) continue;
      for (const rows of ["text", "raters"] as const)
        assert.ok((moved(rows) ?? 1) > all, `${rows} rows: ${moved(rows)}, all rows: ${all}`);
    }
  },

  async "prefillHead: scores are those that the subject knows"(subject) {
    const { knownScores: known } = subject;
    if (known === undefined) return;
    const { scores } = (await runStages(await subject.createAdapter(), known.observation)).head.semantic;
    assertScores(scores, known);
  },
};

function assertScores(scores: Scores, known: NonNullable<AdapterSubject["knownScores"]>): void {
  for (const rows of Object.keys(known.scores) as (keyof Scores)[])
    assertNear(scores[rows] ?? [], known.scores[rows] ?? [], known.tolerance ?? 1e-3, `${rows} rows`);
}

/** Sum of all rows but the last, by columns. */
function otherRows({ scores: { prefill, last }, sequence }: HeadResult["semantic"]): Float32Array {
  assert.ok(prefill !== undefined && last !== undefined, "no prefill or last rows");
  return prefill.map((value, column) => value * sequence - (last[column] ?? 0));
}

/** How much of a score moved, 0 … 2; `null` where there is none. */
function change(before: Float32Array | undefined, after: Float32Array | undefined): number | null {
  if (before === undefined || after === undefined) return null;
  const [moved, total] = before.reduce(
    ([difference, sum], value, column) => {
      const other = after[column] ?? 0;
      return [difference + Math.abs(value - other), sum + value + other] as [number, number];
    },
    [0, 0] as [number, number],
  );
  return (2 * moved) / total;
}
