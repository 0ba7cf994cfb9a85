import assert from "node:assert/strict";
import { VlaModel } from "@vla-pruner/core";
import type { ActResult, AheadRun, VlaAdapter } from "@vla-pruner/core";
import { assertClose } from "../../core/test/support/close-to.ts";
import { openvla } from "../src/index.ts";
import { convertedFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { fixtureNamed, REFERENCE } from "./support/fixtures.ts";

const TOLERANCE = 1e-5;
const CALL = { episode: "parity" };

const KEPT: Readonly<Record<string, (tokens: number) => Int32Array>> = {
  "all tokens": (tokens) => Int32Array.from({ length: tokens }, (_, index) => index),
  "every third token": (tokens) =>
    Int32Array.from({ length: Math.ceil(tokens / 3) }, (_, index) => 3 * index),
};

/** Growing caches; and those that are written in place, with the rotation fused. */
for (const fixture of [REFERENCE, fixtureNamed("covered-positions")])
  describe(`openvla from pixels to tokens in one run, ${fixture.name}`, () => {
    const observations = fixtureEpisode(fixture.config, fixture.seed).slice(0, 2);
    const models: VlaModel[] = [];
    const adapters: VlaAdapter[] = [];

    before(async () => {
      for (const form of ["cuda", "cuda, ahead"] as const)
        models.push(await VlaModel.from_pretrained(await convertedFixture(fixture, "fp32", form)));
      adapters.push(...models.map((model) => openvla().createAdapter(model)));
    });

    after(() => Promise.all(models.map((model) => model.dispose())));

    it("is one session, which takes tokens that were chosen before", () => {
      assert.deepEqual(Object.keys(models[1]?.sessions ?? {}), ["step"]);
      assert.equal(adapters[1]?.layout.aheadOnly, true);
    });

    for (const [name, keepOf] of Object.entries(KEPT))
      it(`gives tokens, taps, scores and similarity of the runs apart: ${name}`, async () => {
        const { apart, whole, ahead } = both(adapters);
        for (const observation of observations) {
          const prepared = await apart.prepare(observation, CALL);
          const vision = await apart.encodeVision(prepared, CALL);
          const head = await apart.prefillHead(prepared, vision, CALL);
          const tokens = vision.views.reduce((sum, { count }) => sum + count, 0);
          const keep = keepOf(tokens);
          const expected = await apart.act(prepared, head, keep, CALL);
          const given = apart.toAction(expected.raw).tokens ?? [];
          const drafts = [undefined, ...given.map((_, right) => spoiled(given, right)), given];
          for (const draft of drafts) {
            const call = { ...CALL, ...(draft && { draft }) };
            const acted = await ahead.run(await whole.prepare(observation, call), keep, call);
            const what = `draft ${draft?.join() ?? "none"}`;
            assert.deepEqual(acted.raw, expected.raw, what);
            assertTaps(acted, expected, what);
            assert.deepEqual(acted.seen.vision.views, vision.views);
            assertClose(acted.seen.vision.similarity, vision.similarity, TOLERANCE, `${what}: similarity`);
            const { scores, visibleRows, sequence } = acted.seen.head.semantic;
            assert.deepEqual(
              { visibleRows, sequence },
              {
                visibleRows: head.semantic.visibleRows,
                sequence: head.semantic.sequence,
              },
            );
            assert.equal(acted.seen.head.sequence, head.sequence);
            for (const [rows, score] of Object.entries(head.semantic.scores))
              assertClose(
                scores[rows as keyof typeof scores] ?? [],
                score,
                TOLERANCE,
                `${what}: ${rows} rows`,
              );
          }
          apart.release?.({ vision, head });
        }
      });
  });

/** The tokens, of which the first so many are right. */
function spoiled(tokens: readonly number[], right: number): readonly number[] {
  return tokens.map((token, index) => (index === right ? (token === 0 ? 1 : token - 1) : token));
}

function assertTaps(ours: ActResult, theirs: ActResult, what: string): void {
  assert.equal(ours.actionAttention.length, theirs.actionAttention.length);
  for (const [index, { layer, columns, values }] of theirs.actionAttention.entries()) {
    const tap = ours.actionAttention[index];
    assert.deepEqual([tap?.layer, tap?.columns], [layer, columns]);
    assertClose(tap?.values ?? [], values, TOLERANCE, `${what}: layer ${layer}`);
  }
}

interface Both {
  readonly apart: VlaAdapter;
  readonly whole: VlaAdapter;
  readonly ahead: AheadRun;
}

function both([apart, whole]: readonly VlaAdapter[]): Both {
  assert.ok(apart !== undefined && whole?.ahead !== undefined);
  return { apart, whole, ahead: whole.ahead };
}
