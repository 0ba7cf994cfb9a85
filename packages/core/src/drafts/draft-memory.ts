import { isFlag, isObject, VlaPrunerError } from "@vla-pruner/format";
import type { DraftOptions } from "./draft-options.ts";

/** What an episode remembers of drafts, JSON-safe. */
export interface DraftState {
  /** Action tokens of the call before. */
  readonly tokens: readonly number[];
  /** Share of the tokens that are right, averaged over the calls so far; `null` before there are two. */
  readonly acceptance: number | null;
  /** Whether the share is too low for drafts to pay. */
  readonly resting: boolean;
}

/** Weight of the newest call in the average: about the last five count. */
const NEWEST = 0.2;

/**
 * The last action as a draft of the next, and how often it was right. Immutable. What a draft would have been worth is
 * known after every call, tried or not: so drafts that rest are taken up again when they would pay.
 */
export class DraftMemory {
  readonly #state: DraftState | null;

  constructor(state: DraftState | null = null) {
    this.#state = state;
  }

  /** @throws `state-invalid` */
  static restore(saved: unknown): DraftMemory {
    if (saved === undefined) return new DraftMemory();
    if (isDraftState(saved)) return new DraftMemory(structuredClone(saved));
    throw new VlaPrunerError("state-invalid", {
      expected: "a draft as saved: tokens, acceptance, resting",
      found: JSON.stringify(saved)?.slice(0, 80) ?? "nothing",
      fix: "pass what episode.saveState() returned, unchanged",
    });
  }

  /** Tokens of the call before; `null` where there was none. */
  get tokens(): readonly number[] | null {
    return this.#state?.tokens ?? null;
  }

  get resting(): boolean {
    return this.#state?.resting ?? false;
  }

  get acceptance(): number | null {
    return this.#state?.acceptance ?? null;
  }

  /** The memory after a call that gave these tokens. */
  observe(tokens: readonly number[], { stopBelow, resumeAbove }: Required<DraftOptions>): DraftMemory {
    const before = this.#state;
    const own = [...tokens];
    if (before === null) return new DraftMemory({ tokens: own, acceptance: null, resting: false });
    const share = rightTokens(before.tokens, tokens) / usable(tokens);
    const acceptance =
      before.acceptance === null ? share : before.acceptance + NEWEST * (share - before.acceptance);
    const resting = before.resting ? acceptance <= resumeAbove : acceptance < stopBelow;
    return new DraftMemory({ tokens: own, acceptance, resting });
  }

  save(): DraftState | undefined {
    return this.#state === null ? undefined : structuredClone(this.#state);
  }
}

/** Tokens that a draft can spare the model: all but the last, which follows from the pass that verifies them. */
function usable({ length }: readonly number[]): number {
  return Math.max(1, length - 1);
}

/** Tokens of a draft that were right, up to the first that was not, as far as they could spare anything. */
export function rightTokens(draft: readonly number[], tokens: readonly number[]): number {
  const wrong = tokens.findIndex((token, index) => token !== draft[index]);
  return Math.min(wrong < 0 ? tokens.length : wrong, usable(tokens));
}

function isDraftState(value: unknown): value is DraftState {
  if (!isObject(value)) return false;
  const { tokens, acceptance, resting } = value;
  const share = acceptance === null || (typeof acceptance === "number" && acceptance >= 0 && acceptance <= 1);
  return (
    Array.isArray(tokens) && tokens.every((token) => Number.isInteger(token)) && share && isFlag(resting)
  );
}
