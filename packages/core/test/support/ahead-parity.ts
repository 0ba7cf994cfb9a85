import assert from "node:assert/strict";
import type { ActResult, Observation, SeenAhead, VlaAdapter } from "../../src/index.ts";
import { actOn, everyNth, runHead } from "../../src/testing/adapter/run-stages.ts";
import type { HeadRun } from "../../src/testing/adapter/run-stages.ts";
import { spoiledDraft } from "../../src/testing/adapter/spoiled-draft.ts";
import { assertClose } from "./close-to.ts";

const TOLERANCE = 1e-5;
const CALL = { episode: "parity" };

/** What is kept of the visual tokens: each, or every n-th. */
export const KEPT: Readonly<Record<string, number>> = { "all tokens": 1, "every third token": 3 };

/**
 * Fails unless a run from pixels to actions gives what the runs apart give: actions, taps, scores, similarity. Of a model
 * that takes drafts, whatever is right of one.
 *
 * @param adapters of the runs apart, and of the one run
 * @param every how many visual tokens there are to one that is kept
 */
export async function assertOneRunAlike(
  [apart, whole]: readonly VlaAdapter[],
  observation: Observation,
  every: number,
): Promise<void> {
  assert.ok(apart !== undefined && whole?.ahead !== undefined);
  const head = await runHead(apart, observation, CALL);
  const keep = everyNth(every)(head.tokens);
  const acted = await actOn(apart, head, keep, CALL);
  const chunk = apart.toAction(acted.raw);
  for (const draft of draftsOf(apart, chunk.tokens ?? [])) {
    const call = { ...CALL, ...(draft && { draft }) };
    const what = draft === undefined ? "" : `draft ${draft.join()}: `;
    const prepared = await whole.prepare(observation, call);
    assert.deepEqual(whole.ahead.viewsOf(prepared), head.vision.views);
    const ours = await whole.ahead.run(prepared, keep, call);
    const { actions, tokens } = whole.toAction(ours.raw);
    assert.deepEqual(tokens, chunk.tokens, `${what}tokens`);
    assertClose(actions.flat(), chunk.actions.flat(), TOLERANCE, `${what}actions`);
    assertTaps(ours, acted, what);
    assertSeen(ours.seen, head, what);
  }
}

/** None, and drafts of which the first so many tokens are right. */
function draftsOf({ layout }: VlaAdapter, tokens: readonly number[]): (readonly number[] | undefined)[] {
  if (layout.draftTokens === undefined) return [undefined];
  return [undefined, ...tokens.map((_, right) => spoiledDraft(tokens, right)), tokens];
}

function assertTaps(ours: ActResult, theirs: ActResult, what: string): void {
  assert.deepEqual(placesOf(ours), placesOf(theirs), what);
  for (const [index, { layer, values }] of theirs.actionAttention.entries())
    assertClose(ours.actionAttention[index]?.values ?? [], values, TOLERANCE, `${what}layer ${layer}`);
}

function placesOf({ actionAttention }: ActResult): unknown {
  return actionAttention.map(({ layer, columns }) => [layer, columns]);
}

function assertSeen({ vision, head }: SeenAhead, theirs: HeadRun, what: string): void {
  assert.deepEqual(vision.views, theirs.vision.views);
  assertClose(vision.similarity, theirs.vision.similarity, TOLERANCE, `${what}similarity`);
  const { scores, ...facts } = head.semantic;
  const { scores: expected, ...expectedFacts } = theirs.head.semantic;
  assert.deepEqual([facts, head.sequence], [expectedFacts, theirs.head.sequence], what);
  const found = new Map(Object.entries(scores));
  assert.deepEqual([...found.keys()], Object.keys(expected), what);
  for (const [rows, score] of Object.entries(expected))
    assertClose(found.get(rows) ?? [], score, TOLERANCE, `${what}${rows} rows`);
  const own = theirs.head.currentAction ?? [];
  assertClose(head.currentAction ?? [], own, TOLERANCE, `${what}this call's action`);
}
