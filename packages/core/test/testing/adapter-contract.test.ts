import assert from "node:assert/strict";
import { adapterContract, FakeAdapter } from "@vla-pruner/core/testing";
import type { FakeHead, FakePrepared } from "@vla-pruner/core/testing";
import type { ActionChunk, ActResult, HeadResult, Observation, VisionTokens } from "../../src/index.ts";
import { observe } from "../support/observations.ts";

type Act = [FakePrepared, HeadResult<FakeHead>, Int32Array];

/** Keeps the first tokens, whichever it is asked for. */
class DeafAdapter extends FakeAdapter {
  override act(...[prepared, head, keep]: Act): Promise<ActResult<ActionChunk>> {
    return super.act(
      prepared,
      head,
      keep.map((_, index) => index),
    );
  }
}

/** Reports attention for all tokens where only the kept ones are seen. */
class UncutAdapter extends FakeAdapter {
  override async act(...[prepared, head, keep]: Act): Promise<ActResult<ActionChunk>> {
    const all = await super.act(
      prepared,
      head,
      Int32Array.from({ length: 16 }, (_, index) => index),
    );
    return { ...(await super.act(prepared, head, keep)), actionAttention: all.actionAttention };
  }
}

/** Forgets to look at the observation. */
class BlindAdapter extends FakeAdapter {
  override prepare(): Promise<FakePrepared> {
    return super.prepare(observe(0));
  }
}

/** Hands the head over in a field instead of through `act`'s arguments. */
class StatefulAdapter extends FakeAdapter {
  #last: HeadResult<FakeHead> | undefined;
  override async prefillHead(
    prepared: FakePrepared,
    vision: VisionTokens<Float32Array>,
  ): Promise<HeadResult<FakeHead>> {
    this.#last = await super.prefillHead(prepared, vision);
    return this.#last;
  }
  override act(...[prepared, head, keep]: Act): Promise<ActResult<ActionChunk>> {
    return super.act(prepared, this.#last ?? head, keep);
  }
}

/** Answers differently every time. */
class MoodyAdapter extends FakeAdapter {
  override prepare(observation: Observation): Promise<FakePrepared> {
    return super.prepare({ ...observation, instruction: `${observation.instruction} ${this.calls.length}` });
  }
}

/** Sums over heads instead of averaging. */
class LoudAdapter extends FakeAdapter {
  override async prefillHead(
    prepared: FakePrepared,
    vision: VisionTokens<Float32Array>,
  ): Promise<HeadResult<FakeHead>> {
    const head = await super.prefillHead(prepared, vision);
    const last = head.semantic.scores.last?.map((score) => score * 8) ?? new Float32Array(16);
    return { ...head, semantic: { ...head.semantic, scores: { last } } };
  }
}

/** Leaves distances where similarity belongs. */
class DistantAdapter extends FakeAdapter {
  override async encodeVision(prepared: FakePrepared): Promise<VisionTokens<Float32Array>> {
    const vision = await super.encodeVision(prepared);
    return { ...vision, similarity: vision.similarity.map((value) => 1 - value) };
  }
}

/** Gives a longer chunk when much is kept. */
class ShapelessAdapter extends FakeAdapter {
  override async act(...[prepared, head, keep]: Act): Promise<ActResult<ActionChunk>> {
    const acted = await super.act(prepared, head, keep);
    const actions = keep.length > 8 ? [...acted.raw.actions, ...acted.raw.actions] : acted.raw.actions;
    return { ...acted, raw: { ...acted.raw, actions } };
  }
}

const CAUGHT: readonly [new () => FakeAdapter, keyof typeof adapterContract][] = [
  [DeafAdapter, "act: the tokens that were asked for are the ones that are kept"],
  [
    UncutAdapter,
    "act: attention covers the tapped layers in order, all columns below the cut and kept ones above",
  ],
  [BlindAdapter, "episode: the observations under test are at least four, and tell"],
  [StatefulAdapter, "steps may overlap: nothing of one reaches another"],
  [MoodyAdapter, "episode: retention 1 equals keep-all under every pruner, action for action"],
  [MoodyAdapter, "episode: a step that fails half way leaves memory, and the next step, as they were"],
  [LoudAdapter, "prefillHead: semantic scores are shares of attention over the visual tokens"],
  [DistantAdapter, "encodeVision: views are those of the layout, and similarity is a cosine of every pair"],
  [ShapelessAdapter, "toAction: chunks of finite numbers, of one shape whatever is seen and kept"],
];

describe("adapter contract", () => {
  const observations = [0, 1, 2, 3].map((index) => observe(index));
  for (const [Broken, name] of CAUGHT) {
    it(`"${name}" catches ${Broken.name}`, async () => {
      const adapter = new Broken();
      const check = adapterContract[name];
      assert.ok(check !== undefined);
      await assert.rejects(check({ createAdapter: () => adapter, observations }), { code: "ERR_ASSERTION" });
    });
  }
});
