import { FakeAdapter } from "@vla-pruner/core/testing";
import type { FakeHead, FakePrepared, FakeTensor } from "@vla-pruner/core/testing";
import type { ActionChunk, ActResult, HeadResult, Observation, VisionTokens } from "../../../src/index.ts";
import { observe } from "../../support/observations.ts";

type Act = [FakePrepared, HeadResult<FakeHead>, Int32Array];

/** Keeps the first tokens, whichever it is asked for. */
export class DeafAdapter extends FakeAdapter {
  override act(...[prepared, head, keep]: Act): Promise<ActResult<ActionChunk>> {
    return super.act(
      prepared,
      head,
      keep.map((_, index) => index),
    );
  }
}

/** Reports attention for all tokens where only the kept ones are seen. */
export class UncutAdapter extends FakeAdapter {
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
export class BlindAdapter extends FakeAdapter {
  override prepare(): Promise<FakePrepared> {
    return super.prepare(observe(0));
  }
}

/** Hands what it prepared over in a field instead of through `act`'s arguments. */
export class StatefulAdapter extends FakeAdapter {
  #last: FakePrepared | undefined;
  override async prepare(observation: Observation): Promise<FakePrepared> {
    this.#last = await super.prepare(observation);
    return this.#last;
  }
  override act(...[prepared, head, keep]: Act): Promise<ActResult<ActionChunk>> {
    return super.act(this.#last ?? prepared, head, keep);
  }
}

/** Answers differently every time. */
export class MoodyAdapter extends FakeAdapter {
  override prepare(observation: Observation): Promise<FakePrepared> {
    return super.prepare({ ...observation, instruction: `${observation.instruction} ${this.calls.length}` });
  }
}

/** Leaves distances where similarity belongs. */
export class DistantAdapter extends FakeAdapter {
  override async encodeVision(prepared: FakePrepared): Promise<VisionTokens<FakeTensor>> {
    const vision = await super.encodeVision(prepared);
    return { ...vision, similarity: vision.similarity.map((value) => 1 - value) };
  }
}

/** Gives a longer chunk when much is kept. */
export class ShapelessAdapter extends FakeAdapter {
  override async act(...[prepared, head, keep]: Act): Promise<ActResult<ActionChunk>> {
    const acted = await super.act(prepared, head, keep);
    const actions = keep.length > 8 ? [...acted.raw.actions, ...acted.raw.actions] : acted.raw.actions;
    return { ...acted, raw: { ...acted.raw, actions } };
  }
}
