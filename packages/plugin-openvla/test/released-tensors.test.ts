import assert from "node:assert/strict";
import { createPolicy, keepAll } from "@vla-pruner/core";
import type { Policy, StageMiddleware, VlaModel } from "@vla-pruner/core";
import type { GraphSession, GraphTensor } from "@vla-pruner/core/adapter";
import { openvla } from "../src/index.ts";
import { fixtureModel } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import { fixtureNamed } from "./support/fixtures.ts";

describe("openvla's hidden states, which may lie on a device", () => {
  const fixture = fixtureNamed("grouped-query");
  const observation = fixtureEpisode(fixture.config, fixture.seed)[0] ?? assert.fail();
  let model: VlaModel;
  /** Not disposed so far. */
  let live: Set<GraphTensor>;
  let headRuns: number;
  /** The run of `act` that fails, from 1. */
  let failing: number;

  before(async () => {
    model = await fixtureModel(fixture);
  });

  beforeEach(() => {
    live = new Set();
    headRuns = 0;
    failing = Number.POSITIVE_INFINITY;
  });

  function watched(...middleware: StageMiddleware[]): Policy {
    const { vla, config, tokenizer, sessions } = model;
    const { prefill_head: head, act } = sessions as Record<"prefill_head" | "act", GraphSession>;
    const watchedHead: GraphSession = {
      ...head,
      run: async (feeds) => {
        headRuns += 1;
        const outputs = await head.run(feeds);
        const hidden = outputs["hidden_states"] ?? assert.fail();
        live.add(hidden);
        hidden.dispose = () => void live.delete(hidden);
        return outputs;
      },
    };
    const failingAct: GraphSession = {
      ...act,
      run: async (feeds) => {
        if (headRuns === failing) throw new Error("injected");
        return act.run(feeds);
      },
    };
    const parts = {
      vla,
      config,
      tokenizer,
      sessions: { ...sessions, prefill_head: watchedHead, act: failingAct },
    };
    return createPolicy({ adapter: openvla().createAdapter(parts), pruner: keepAll(), middleware });
  }

  it("are freed after a step", async () => {
    await watched().act(observation);
    assert.deepEqual([headRuns, live.size], [7, 0]);
  });

  it("are freed when a step ends before act", async () => {
    const controller = new AbortController();
    const policy = watched();
    policy.events.on("selection-available", () => controller.abort());
    await assert.rejects(policy.act(observation, { signal: controller.signal }), /before act/u);
    assert.deepEqual([headRuns, live.size], [1, 0]);
  });

  for (const run of [1, 2]) {
    it(`are freed when run ${run} of act fails`, async () => {
      failing = run;
      await assert.rejects(watched().act(observation), /injected/u);
      assert.deepEqual([headRuns, live.size], [run, 0]);
    });
  }
});
