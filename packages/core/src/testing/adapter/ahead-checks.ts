import assert from "node:assert/strict";
import type { StageMiddleware } from "../../middleware/stage-middleware.ts";
import { keepAll } from "../../pruners/keep-all.ts";
import { vlaPruner } from "../../pruners/vla-pruner.ts";
import type { PruneContext, TokenPruner } from "../../token-pruner.ts";
import type { AdapterCheck } from "./adapter-subject.ts";
import { outcome, play, startEpisode } from "./play-episode.ts";

/** What must hold where the tokens of a call are chosen by the call before, `selectAhead`. */
export const aheadChecks: Readonly<Record<string, AdapterCheck>> = {
  async "ahead: a call keeps what its pruner chooses by the scores of the call before, and acts by it"(
    subject,
  ) {
    const twice = [...subject.observations, ...subject.observations];
    const { layout } = await subject.createAdapter();
    const contexts: PruneContext[] = [];
    const options = { selectAhead: true, middleware: [noteContexts(contexts)] };
    const ahead = await play(await startEpisode(subject, pruner(), options), twice);
    for (const [index, { keep, reason, forecast }] of ahead.entries()) {
      const context = contexts[index - 1];
      assert.equal(reason, context === undefined ? "ahead-first" : "combined");
      if (context === undefined) continue;
      assert.deepEqual(keep, pruner().select(context).keep);
      assert.deepEqual(context.semantic.scores, ahead[index - 1]?.semantic);
      assert.deepEqual([context.forecast, context.step], [forecast, index]);
    }
    if (layout.aheadOnly === true) return;
    const lagging = await play(await startEpisode(subject, pruner(), { middleware: [lag()] }), twice);
    assert.deepEqual(ahead.map(outcome), lagging.map(outcome));
  },

  async "ahead: retention 1 is the dense run"(subject) {
    const dense = await play(await startEpisode(subject, keepAll()), subject.observations);
    const chosen = vlaPruner({ retention: 1 });
    const ahead = await play(
      await startEpisode(subject, chosen, { selectAhead: true }),
      subject.observations,
    );
    assert.deepEqual(ahead.map(outcome), dense.map(outcome));
  },

  async "ahead: a saved episode goes on as if it had never stopped, and a reset forgets the choice"(subject) {
    const { observations } = subject;
    const options = { selectAhead: true };
    const whole = await startEpisode(subject, pruner(), options);
    const steps = await play(whole, observations);
    const [before, after] = [observations.slice(0, 2), observations.slice(2)];
    const first = await startEpisode(subject, pruner(), options);
    await play(first, before);
    const saved: unknown = JSON.parse(JSON.stringify(await first.saveState()));
    const second = await startEpisode(subject, pruner(), options);
    await second.restoreState(saved as never);
    assert.deepEqual((await play(second, after)).map(outcome), steps.slice(2).map(outcome));
    await whole.reset();
    assert.deepEqual((await play(whole, observations)).map(outcome), steps.map(outcome));
  },

  async "ahead: a step that fails after it acted leaves the choice for it as it was"(subject) {
    const undisturbed = await play(
      await startEpisode(subject, pruner(), { selectAhead: true }),
      subject.observations,
    );
    let failing = false;
    const saboteur: StageMiddleware = {
      async toAction(_input, next) {
        if (failing) throw new Error("sabotage");
        return next();
      },
    };
    const episode = await startEpisode(subject, pruner(), { selectAhead: true, middleware: [saboteur] });
    for (const [index, observation] of subject.observations.entries()) {
      const before = await episode.saveState();
      failing = true;
      await assert.rejects(episode.act(observation), /sabotage/);
      assert.deepEqual(await episode.saveState(), before);
      failing = false;
      const step = undisturbed[index];
      assert.deepEqual(outcome(await episode.act(observation)), step && outcome(step));
    }
  },
};

/** Prunes from the second step on. */
function pruner(): TokenPruner {
  return vlaPruner({ retention: 0.5, window: 1 });
}

function noteContexts(contexts: PruneContext[]): StageMiddleware {
  return {
    async select({ context }, next) {
      contexts.push(context);
      return next();
    },
  };
}

/** The same by hand, on the way that scores come first: whoever selects is shown the call before. */
function lag(): StageMiddleware {
  let before: PruneContext | undefined;
  return {
    async select(input, next) {
      const { context } = input;
      const seen = before;
      before = context;
      if (seen === undefined) return next(input);
      const { observation, semantic, similarity, currentAction } = seen;
      return next({ ...input, context: { ...context, observation, semantic, similarity, currentAction } });
    },
  };
}
