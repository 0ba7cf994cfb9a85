import assert from "node:assert/strict";
import { createPolicy } from "../../container/create-policy.ts";
import type { StageMiddleware } from "../../middleware/stage-middleware.ts";
import type { StepResult } from "../../policy/step-result.ts";
import { keepAll } from "../../pruners/keep-all.ts";
import { PRUNERS, prunerByName } from "../../pruners/pruner-by-name.ts";
import { vlaPruner } from "../../pruners/vla-pruner.ts";
import type { TokenPruner } from "../../token-pruner.ts";
import type { AdapterCheck } from "./adapter-subject.ts";
import { mustBeCancelled } from "./must-be-cancelled.ts";
import { outcome, play, startEpisode } from "./play-episode.ts";
import { everyNth } from "./run-stages.ts";

/** What must hold over whole episodes, through core. */
export const episodeChecks: Readonly<Record<string, AdapterCheck>> = {
  async "episode: the observations under test are at least four, and tell"(subject) {
    assert.ok(subject.observations.length >= 4, "give at least four observations");
    const steps = await play(await startEpisode(subject, keepAll()), subject.observations);
    const seen = new Set(
      steps.map(({ semantic, actionAttention }) => fingerprint([semantic, actionAttention])),
    );
    assert.equal(seen.size, subject.observations.length, "different observations give the same attention");
  },

  async "episode: retention 1 equals keep-all under every pruner, action for action"(subject) {
    const unpruned = await play(await startEpisode(subject, keepAll()), subject.observations);
    for (const name of Object.keys(PRUNERS)) {
      const steps = await play(
        await startEpisode(subject, prunerByName(name, { retention: 1 })),
        subject.observations,
      );
      assert.deepEqual(steps.map(outcome), unpruned.map(outcome), name);
    }
  },

  async "episode: the same observations give the same actions, attention and choices"(subject) {
    const twice = [...subject.observations, ...subject.observations];
    const runs = [await startEpisode(subject, pruner()), await startEpisode(subject, pruner())];
    const [one, two] = await Promise.all(runs.map((episode) => play(episode, twice)));
    assert.deepEqual(one?.map(outcome), two?.map(outcome));
  },

  async "episode: a pruned step keeps what was asked for, and records attention for it alone"(subject) {
    const asked: TokenPruner = {
      name: "every-third",
      retention: 1 / 3,
      select: ({ vision }) => ({ decision: "pruned", keep: everyNth(3, 1)(vision), reason: "asked" }),
    };
    const { layout } = await subject.createAdapter();
    const above = layout.tappedLayers.filter((layer) => layer >= layout.pruneLayer);
    const episode = await startEpisode(subject, { ...asked, temporal: { actionLayers: above } });
    const chosen = (await play(episode, subject.observations)).filter(({ reason }) => reason === "asked");
    assert.ok(chosen.length >= subject.observations.length - 1, "steps that keep what was asked for");
    for (const { keep, actionAttention } of chosen) {
      assert.deepEqual(keep, everyNth(3, 1)(actionAttention.length));
      const recorded = actionAttention.reduce((sum, value) => sum + value, 0);
      const recordedForKept = keep.reduce((sum, index) => sum + (actionAttention[index] ?? 0), 0);
      assert.ok(recordedForKept > 0, "no attention for the kept tokens");
      assert.equal(recordedForKept, recorded, "attention for tokens that were pruned");
    }
  },

  async "episode: two interleaved episodes do not disturb each other"(subject) {
    const forth = subject.observations;
    const back = forth.toReversed();
    const alone = [
      await play(await startEpisode(subject, pruner()), forth),
      await play(await startEpisode(subject, pruner()), back),
    ];
    const adapter = await subject.createAdapter();
    const selectAhead = adapter.layout.aheadOnly === true;
    const policy = createPolicy({ adapter, pruner: pruner(), selectAhead });
    const [one, two] = [policy.startEpisode(), policy.startEpisode()];
    const both: [StepResult[], StepResult[]] = [[], []];
    for (const [index, observation] of forth.entries()) {
      both[0].push(await one.act(observation));
      both[1].push(await two.act(back[index] ?? observation));
    }
    assert.deepEqual(
      both.map((steps) => steps.map(outcome)),
      alone.map((steps) => steps.map(outcome)),
    );
  },

  async "episode: a step that fails half way leaves memory, and the next step, as they were"(subject) {
    const undisturbed = await play(await startEpisode(subject, pruner()), subject.observations);
    let failing = false;
    const saboteur: StageMiddleware = {
      async act(_input, next) {
        const acted = await next();
        if (failing) throw new Error("sabotage");
        return acted;
      },
    };
    const episode = await startEpisode(subject, pruner(), { middleware: [saboteur] });
    for (const [index, observation] of subject.observations.entries()) {
      const before = episode.saveState();
      failing = true;
      await assert.rejects(episode.act(observation), /sabotage/);
      assert.deepEqual(episode.saveState(), before);
      failing = false;
      const step = await episode.act(observation);
      assert.deepEqual(outcome(step), undisturbed[index] && outcome(undisturbed[index]));
    }
  },

  async "episode: a step that is cancelled while it acts leaves memory, and the next step, as they were"(
    subject,
  ) {
    const undisturbed = await play(await startEpisode(subject, pruner()), subject.observations);
    let controller = new AbortController();
    let cancelling = false;
    const canceller: StageMiddleware = {
      async act(_input, next) {
        if (cancelling) controller.abort();
        return next();
      },
    };
    const episode = await startEpisode(subject, pruner(), { middleware: [canceller] });
    for (const [index, observation] of subject.observations.entries()) {
      const before = episode.saveState();
      cancelling = true;
      controller = new AbortController();
      await assert.rejects(episode.act(observation, { signal: controller.signal }), mustBeCancelled);
      assert.deepEqual(episode.saveState(), before);
      cancelling = false;
      const step = await episode.act(observation);
      assert.deepEqual(outcome(step), undisturbed[index] && outcome(undisturbed[index]));
    }
  },
};

/** Prunes from the second step on: the window is short enough for four observations. */
function pruner(): TokenPruner {
  return vlaPruner({ retention: 0.5, window: 1 });
}

function fingerprint(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (part instanceof Float32Array ? [...part] : part));
}
