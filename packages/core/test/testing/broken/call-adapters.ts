import { FakeAdapter } from "@vla-pruner/core/testing";
import type { FakeHead, FakePrepared, FakeTensor } from "@vla-pruner/core/testing";
import { throwIfCancelled } from "../../../src/adapter/index.ts";
import { VlaPrunerError } from "../../../src/index.ts";
import type { ActionChunk, ActResult, HeadResult, StepCall, VisionTokens } from "../../../src/index.ts";

type Act = [prepared: FakePrepared, head: HeadResult<FakeHead>, keep: Int32Array, call?: StepCall];
type Acted = Promise<ActResult<ActionChunk>>;
interface Made {
  readonly vision?: VisionTokens<FakeTensor>;
  readonly head?: HeadResult<FakeHead>;
}

/** Never looks at the signal. */
export class UnstoppableAdapter extends FakeAdapter {
  override act(...[prepared, head, keep]: Act): Acted {
    return super.act(prepared, head, keep);
  }
}

/** Looks at the signal when it begins, and not again. */
export class SingleMindedAdapter extends FakeAdapter {
  override act(...[prepared, head, keep, call]: Act): Acted {
    throwIfCancelled(call?.signal, "before the first action token");
    return super.act(prepared, head, keep);
  }
}

/** Ends a cancelled step with an error of its own. */
export class RudeAdapter extends FakeAdapter {
  override async act(...given: Act): Acted {
    return super.act(...given).catch(() => Promise.reject(new Error("stopped")));
  }
}

/** Remembers that it was cancelled. */
export class ResentfulAdapter extends FakeAdapter {
  #grudge = 0;
  override act(...[prepared, head, keep, call]: Act): Acted {
    const given = { ...prepared, seed: prepared.seed + this.#grudge };
    return super.act(given, head, keep, call).catch((error: unknown) => {
      if (VlaPrunerError.is(error, "cancelled")) this.#grudge += 1;
      throw error;
    });
  }
}

/** Believes what it is told. */
export class CredulousAdapter extends FakeAdapter {
  override async act(...[prepared, head, keep, call]: Act): Acted {
    const acted = await super.act(prepared, head, keep, call);
    const { draft = acted.raw.tokens } = call ?? {};
    return { ...acted, raw: { ...acted.raw, tokens: draft } };
  }
}

/** Counts the attention of what it took back. */
export class HaughtyAdapter extends FakeAdapter {
  override async act(...[prepared, head, keep, call]: Act): Acted {
    const acted = await super.act(prepared, head, keep, call);
    const { tokens } = acted.raw;
    if (call?.draft === undefined || String(call.draft) === String(tokens)) return acted;
    const [first, ...rest] = acted.actionAttention;
    return {
      ...acted,
      actionAttention: first ? [{ ...first, values: first.values.map((value) => value / 2) }, ...rest] : [],
    };
  }
}

/** Frees nothing. */
export class LeakyAdapter extends FakeAdapter {
  override release(): void {
    // Forgotten.
  }
}

/** Frees the head, and forgets the visual tokens. */
export class HalfReleasingAdapter extends FakeAdapter {
  override release({ head }: Made): void {
    super.release({ ...(head && { head }) });
  }
}

/** Frees what it needs no longer as soon as it acts: a step that fails before keeps it. */
export class HopefulAdapter extends FakeAdapter {
  override async act(...given: Act): Acted {
    const acted = await super.act(...given);
    given[1].state.hidden.dispose();
    return acted;
  }
  override release({ vision }: Made): void {
    super.release({ ...(vision && { vision }) });
  }
}
