import { FakeAdapter } from "@vla-pruner/core/testing";
import type { FakeAdapterOptions, FakeHead, FakePrepared, FakeTensor } from "@vla-pruner/core/testing";
import type { SemanticRows } from "@vla-pruner/format";
import type { HeadResult, VisionTokens } from "../../../src/index.ts";

type Head = HeadResult<FakeHead>;

/** Fakes whose head says something else; the base of what follows. */
abstract class OtherHeadAdapter extends FakeAdapter {
  override async prefillHead(prepared: FakePrepared, vision: VisionTokens<FakeTensor>): Promise<Head> {
    return this.change(await super.prefillHead(prepared, vision));
  }

  protected abstract change(head: Head): Head;
}

/** Sums over heads instead of averaging. */
export class LoudAdapter extends OtherHeadAdapter {
  protected override change(head: Head): Head {
    const last = head.semantic.scores.last?.map((score) => score * 8) ?? new Float32Array(16);
    return { ...head, semantic: { ...head.semantic, scores: { last } } };
  }
}

/** An adapter that takes two sets of rows for each other. */
export function confusing(
  one: SemanticRows,
  other: SemanticRows,
): new (options?: FakeAdapterOptions) => FakeAdapter {
  return class extends OtherHeadAdapter {
    static override readonly name = `${one} and ${other} confused`;
    protected override change(head: Head): Head {
      const { scores } = head.semantic;
      const swapped = { ...scores, ...pair(one, scores[other]), ...pair(other, scores[one]) };
      return { ...head, semantic: { ...head.semantic, scores: swapped } };
    }
  };
}

function pair(
  rows: SemanticRows,
  score: Float32Array | undefined,
): Partial<Record<SemanticRows, Float32Array>> {
  return score === undefined ? {} : { [rows]: score };
}

/** Promises this call's attention, and has none. */
export class PromisingAdapter extends OtherHeadAdapter {
  constructor() {
    super({ currentAction: true });
  }

  protected override change({ currentAction: _, ...head }: Head): Head {
    return head;
  }
}

/** Gives this call's attention without its last column. */
export class ShortSightedAdapter extends PromisingAdapter {
  protected override change(head: Head): Head {
    const { currentAction = new Float32Array(16) } = head;
    return { ...head, currentAction: currentAction.slice(1) };
  }
}

/** Gives sums of this call's attention for means. */
export class InsistentAdapter extends PromisingAdapter {
  protected override change(head: Head): Head {
    const { currentAction = new Float32Array(16) } = head;
    return { ...head, currentAction: currentAction.map((value) => 8 * value) };
  }
}

/** Gives this call's attention unasked. */
export class ForwardAdapter extends OtherHeadAdapter {
  protected override change(head: Head): Head {
    return { ...head, currentAction: new Float32Array(16).fill(1 / 32) };
  }
}
