import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { normalizeState, readStatistics, unnormalizeActions } from "../src/statistics.ts";
import { assertClose } from "../../core/test/support/close-to.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { LIBERO } from "./support/fixtures.ts";
import { readGolden, readStatisticsFile } from "./support/golden.ts";
import type { DenseGolden } from "./support/golden.ts";

const SCHEMES = ["bounds", "bounds_q99"] as const;
const BOUNDS = { q01: [-1, 0], q99: [1, 4], min: [-2, 0], max: [2, 8], mask: [true, false] };
const PROPRIO = { q01: [0], q99: [2], min: [0], max: [4] };

const vla = (action: Readonly<Record<string, unknown>>, proprio?: Readonly<Record<string, unknown>>) => ({
  norm_stats: { one: { action, ...(proprio && { proprio }) } },
  action_size: 2,
  state_size: proprio === undefined ? 0 : 1,
});

describe("openvla-oft statistics", () => {
  it("normalise the state as the official code does, by both kinds of bounds", () => {
    const norm_stats = readStatisticsFile(LIBERO.name);
    const { cases } = readGolden("dense-libero") as DenseGolden;
    const episode = fixtureEpisode(LIBERO, 0);
    for (const scheme of SCHEMES) {
      const { state } = readStatistics({ norm_stats, action_size: 7, state_size: 8 }, undefined, scheme);
      assert.ok(state !== null);
      for (const [step, { proprio }] of (cases["l1/2-views"]?.steps ?? []).entries()) {
        const theirs = proprio?.[scheme] ?? assert.fail();
        assertClose(
          normalizeState(episode[step]?.state ?? [], state),
          theirs,
          1e-6,
          `${scheme}, step ${step}`,
        );
      }
    }
  });

  it("clip the state to −1 … 1, and leave actions as they come", () => {
    const { action, state } = readStatistics(vla(BOUNDS, PROPRIO), "one", "bounds_q99");
    assert.ok(state !== null);
    assert.deepEqual([...normalizeState([-9], state), ...normalizeState([9], state)], [-1, 1]);
    const [[first = 0, second = 0] = [], other = []] = unnormalizeActions([3, 3, 0, -0.5], action);
    assertClose([first, second, ...other], [3, 3, 0, -0.5], 1e-6, "masked and beyond the bounds");
  });

  it("of minimum and maximum differ from those of quantiles", () => {
    const [q99, bounds] = SCHEMES.toReversed().map(
      (scheme) => readStatistics(vla(BOUNDS), undefined, scheme).action,
    );
    assert.deepEqual([q99?.low, q99?.high], [BOUNDS.q01, BOUNDS.q99]);
    assert.deepEqual([bounds?.low, bounds?.high], [BOUNDS.min, BOUNDS.max]);
  });

  const malformed: readonly [string, Readonly<Record<string, unknown>>][] = [
    ["no bounds", {}],
    ["another length", { ...BOUNDS, q01: [0] }],
    ["a gap", { ...BOUNDS, q99: [1, null] }],
    ["infinity", { ...BOUNDS, q99: [1, Number.POSITIVE_INFINITY] }],
    ["a mask of another length", { ...BOUNDS, mask: [true] }],
  ];
  for (const [what, action] of malformed) {
    it(`are refused with ${what}`, () => {
      assert.throws(() => readStatistics(vla(action), "one", "bounds_q99"), hasCode("config-invalid"));
    });
  }

  it("are refused without those of the state, where the model takes one", () => {
    const none = { ...vla(BOUNDS), state_size: 1 };
    assert.throws(() => readStatistics(none, "one", "bounds"), hasCode("config-invalid"));
    assert.throws(() => readStatistics(none, "two", "bounds"), hasCode("unnorm-key"));
  });
});
