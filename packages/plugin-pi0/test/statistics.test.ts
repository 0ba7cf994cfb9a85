import assert from "node:assert/strict";
import { createPolicy, keepAll } from "@vla-pruner/core";
import { hasCode } from "@vla-pruner/core/testing";
import { pi0 } from "../src/index.ts";
import type { Convention, NormMode, Pi0Vla } from "../src/pi0-vla.ts";
import { normalizeState, readStatistics, unnormalizeActions } from "../src/statistics.ts";
import { fixtureModel } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { PI0, PI05, ROBOT_ACTION_SIZE, STATE_SIZE } from "./support/fixtures.ts";
import { assertClose, readGolden } from "./support/golden.ts";
import type { DenseCase, DenseGolden } from "./support/golden.ts";

const STATS = { mean: [1, 2], std: [0.5, 0], q01: [-1, 3], q99: [1, 3] };

describe("a model with statistics", () => {
  for (const fixture of [PI0, PI05]) {
    it(`${fixture.name}: state and actions are in robot units`, async () => {
      const model = await fixtureModel(fixture, { statistics: true });
      const { cases } = readGolden(`${fixture.name}-dense`) as DenseGolden;
      const golden = cases.find(({ line, steps }) => line === 0 && steps === 10) as DenseCase;
      const [observation] = fixtureEpisode(fixture, "dense");
      const { state } = readStatistics(model.vla as unknown as Pi0Vla, undefined);
      const robotState =
        unnormalizeActions(Float32Array.from(observation?.state ?? []), STATE_SIZE, state)[0] ?? [];
      const policy = createPolicy({ adapter: pi0().createAdapter(model), pruner: keepAll() });
      const { actions: chunk } = await policy.act({ ...observation, state: robotState });
      assert.equal(chunk[0]?.length, ROBOT_ACTION_SIZE);
      assertClose(chunk.flat(), golden.robotActions, 2e-4, "actions in robot units");
    });
  }

  it("wants to be told which, where there are several", async () => {
    const { sessions, vla, config } = await fixtureModel(PI0);
    const two = { one: { action: STATS }, two: { action: STATS } };
    const model = { sessions, config, tokenizer: null, vla: { ...vla, norm_stats: two } };
    assert.throws(() => pi0().createAdapter(model), hasCode("unnorm-key"));
    assert.throws(() => pi0({ unnormKey: "three" }).createAdapter(model), hasCode("unnorm-key"));
    assert.equal(pi0({ unnormKey: "two" }).createAdapter(model).architecture, "pi0");
  });

  it("refuses statistics that the formula cannot use", () => {
    assert.throws(
      () => statistics("quantiles", "openpi", { mean: [0], std: [1] }),
      hasCode("config-invalid"),
    );
    assert.throws(
      () => statistics("z-score", "openpi", { mean: [0, 1], std: [1] }),
      hasCode("config-invalid"),
    );
  });
});

describe("lerobot's formulas", () => {
  it("divide by std + 1e-8 and multiply by std", () => {
    const { state, action } = statistics("z-score", "lerobot", STATS);
    assert.deepEqual(normalizeState([2, 2], state), [1 / (0.5 + 1e-8), 0]);
    assert.deepEqual(unnormalizeActions(Float32Array.of(1, 1), 2, action), [[1.5, 2]]);
  });

  it("replace an empty range of quantiles by 1e-8", () => {
    const { state } = statistics("quantiles", "lerobot", STATS);
    assert.deepEqual(normalizeState([0.5, 3], state), [0.5, -1]);
  });

  it("leave vectors as they are under IDENTITY, as many dimensions as are known", () => {
    const { action } = statistics("identity", "lerobot", STATS);
    assert.deepEqual(unnormalizeActions(Float32Array.of(7, 8, 9), 3, action), [[7, 8]]);
  });
});

function statistics(
  mode: NormMode,
  convention: Convention,
  stats: object,
): ReturnType<typeof readStatistics> {
  const vla = {
    norm_stats: { own: { action: stats, state: stats } },
    normalization: { state: mode, action: mode },
    convention,
  };
  return readStatistics(vla as unknown as Pi0Vla, undefined);
}
