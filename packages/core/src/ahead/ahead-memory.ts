import { isObject, isText, VlaPrunerError } from "@vla-pruner/format";
import { countTokens } from "../adapter/layout.ts";
import { dense } from "../pruners/decide.ts";
import type { PruneDecision, TokenPruner } from "../token-pruner.ts";
import type { ViewSpan } from "../vla-adapter.ts";

/** A choice for the call that follows, JSON-safe. */
export interface AheadState extends Pick<PruneDecision, "decision" | "reason"> {
  /** Who chose: another pruner's choice is not taken over. */
  readonly pruner: string;
  readonly retention: number | null;
  /** The views that were chosen from. */
  readonly views: readonly ViewSpan[];
  /** Kept visual indices, ascending. */
  readonly keep: readonly number[];
}

/** What a call chose for the one after it. Immutable; empty at an episode's start. */
export class AheadMemory {
  readonly #state: AheadState | null;

  private constructor(state: AheadState | null) {
    this.#state = state;
  }

  static readonly empty: AheadMemory = new AheadMemory(null);

  static of(
    { name, retention }: TokenPruner,
    { decision, reason, keep }: PruneDecision,
    views: readonly ViewSpan[],
  ): AheadMemory {
    return new AheadMemory(
      structuredClone({ pruner: name, retention, decision, reason, views, keep: [...keep] }),
    );
  }

  /** @throws `state-invalid` */
  static restore(saved: unknown, { name, retention }: TokenPruner): AheadMemory {
    if (saved === undefined) return AheadMemory.empty;
    if (!isAheadState(saved)) {
      throw new VlaPrunerError("state-invalid", {
        expected: "tokens chosen ahead as saved: pruner, retention, views, decision, reason, keep",
        found: JSON.stringify(saved)?.slice(0, 80) ?? "nothing",
        fix: "pass what episode.saveState() returned, unchanged",
      });
    }
    const own = saved.pruner === name && saved.retention === retention;
    return own ? new AheadMemory(structuredClone(saved)) : AheadMemory.empty;
  }

  /** What a call on these views keeps: all where nothing was chosen for them. */
  decisionFor(views: readonly ViewSpan[]): PruneDecision {
    const state = this.#state;
    if (state !== null && sameViews(state.views, views)) {
      const { decision, reason, keep } = state;
      return { decision, reason, keep: Int32Array.from(keep) };
    }
    return dense({ vision: countTokens(views) }, state === null ? "ahead-first" : "ahead-views");
  }

  save(): AheadState | undefined {
    return this.#state === null ? undefined : structuredClone(this.#state);
  }
}

function sameViews(some: readonly ViewSpan[], others: readonly ViewSpan[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ name, start, count }, index) => {
      const other = others[index];
      return name === other?.name && start === other.start && count === other.count;
    })
  );
}

function isAheadState(value: unknown): value is AheadState {
  if (!isObject(value)) return false;
  const { pruner, retention, decision, reason, views, keep } = value;
  if (!isText(pruner) || !isText(reason) || !(retention === null || Number.isFinite(retention))) return false;
  if (!Array.isArray(views) || !Array.isArray(keep)) return false;
  let vision = 0;
  for (const view of views as readonly unknown[]) {
    if (!isObject(view) || !isText(view["name"]) || view["start"] !== vision) return false;
    const { count } = view;
    if (!Number.isInteger(count) || (count as number) < 1) return false;
    vision += count as number;
  }
  const ordered = (keep as readonly unknown[]).every(
    (index, place) =>
      Number.isInteger(index) &&
      (index as number) < vision &&
      (index as number) > (place === 0 ? -1 : Number(keep[place - 1])),
  );
  const all = keep.length === vision;
  return ordered && keep.length > 0 && (decision === "dense" ? all : decision === "pruned");
}
