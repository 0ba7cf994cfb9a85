import { isObject, VlaPrunerError } from "@vla-pruner/format";
import { AheadMemory } from "../ahead/ahead-memory.ts";
import type { AheadState } from "../ahead/ahead-memory.ts";
import { DraftMemory } from "../drafts/draft-memory.ts";
import type { DraftState } from "../drafts/draft-memory.ts";
import type { CompletedCall, PruneDecision, TokenPruner } from "../token-pruner.ts";
import type { ViewSpan } from "../vla-adapter.ts";
import { TemporalMemory } from "./temporal-memory.ts";
import type { TemporalState } from "./temporal-memory.ts";

/** What an episode remembers, JSON-safe: it can go on in another process. */
export interface EpisodeState extends TemporalState {
  /** The pruner's own memory, where it brings one. */
  readonly pruner?: { readonly name: string; readonly memory: unknown };
  /** The last action as a draft of the next, where drafts are tried. */
  readonly draft?: DraftState;
  /** What the last call chose for the next, where tokens are chosen ahead. */
  readonly ahead?: AheadState;
}

/** What is remembered, part by part. */
interface MemoryParts {
  readonly temporal: TemporalMemory;
  /** The pruner's own. */
  readonly own: unknown;
  readonly draft: DraftMemory;
  /** What the call before chose for the next. */
  readonly ahead: AheadMemory;
}

/** All that an episode remembers: past action attention, what its pruner brings, what options ask for. Immutable. */
export class EpisodeMemory implements MemoryParts {
  readonly temporal: TemporalMemory;
  readonly own: unknown;
  readonly draft: DraftMemory;
  readonly ahead: AheadMemory;
  readonly #pruner: TokenPruner;

  private constructor(pruner: TokenPruner, { temporal, own, draft, ahead }: MemoryParts) {
    this.#pruner = pruner;
    this.temporal = temporal;
    this.own = own;
    this.draft = draft;
    this.ahead = ahead;
  }

  static start(pruner: TokenPruner): EpisodeMemory {
    return new EpisodeMemory(pruner, {
      temporal: new TemporalMemory(pruner.temporal),
      own: pruner.memory?.start(),
      draft: new DraftMemory(),
      ahead: AheadMemory.empty,
    });
  }

  /** @throws `state-invalid` */
  static restore(pruner: TokenPruner, state: EpisodeState): EpisodeMemory {
    return new EpisodeMemory(pruner, {
      temporal: TemporalMemory.restore(pruner.temporal ?? {}, state),
      own: restoredOwn(pruner, state.pruner),
      draft: DraftMemory.restore(state.draft),
      ahead: AheadMemory.restore(state.ahead, pruner),
    });
  }

  /**
   * The memory after one more completed call; what was chosen for that call is used up.
   *
   * @param score action attention of the call, `[vision]`
   * @param seen visual indices that an action layer saw
   */
  observe(
    { context, decision }: Pick<CompletedCall, "context" | "decision">,
    score: Float32Array,
    seen: Int32Array,
    views: readonly ViewSpan[],
  ): EpisodeMemory {
    const temporal = this.temporal.observe(score, seen, views);
    const actionAttention = temporal.newest(views) ?? score;
    const own = this.#pruner.memory?.observe(this.own, { context, decision, actionAttention });
    return this.#with({ temporal, own, ahead: AheadMemory.empty });
  }

  /** The same with another draft. */
  withDraft(draft: DraftMemory): EpisodeMemory {
    return this.#with({ draft });
  }

  /** The same with what was chosen for the next call. */
  withAhead(decision: PruneDecision, views: readonly ViewSpan[]): EpisodeMemory {
    return this.#with({ ahead: AheadMemory.of(this.#pruner, decision, views) });
  }

  /** @throws `state-invalid` where the pruner's memory is not plain JSON, and it does not say how to save it */
  save(): EpisodeState {
    const { name, memory } = this.#pruner;
    const draft = this.draft.save();
    const ahead = this.ahead.save();
    const common = { ...this.temporal.save(), ...(draft && { draft }), ...(ahead && { ahead }) };
    if (memory === undefined) return common;
    const saved = memory.save === undefined ? this.own : memory.save(this.own);
    assertJson(saved, name);
    return { ...common, pruner: { name, memory: structuredClone(saved) } };
  }

  #with(changes: Partial<MemoryParts>): EpisodeMemory {
    const { temporal, own, draft, ahead } = this;
    return new EpisodeMemory(this.#pruner, { temporal, own, draft, ahead, ...changes });
  }
}

function restoredOwn(pruner: TokenPruner, saved: unknown): unknown {
  if (pruner.memory === undefined) {
    if (saved === undefined) return undefined;
    throw foreign("no memory of a pruner's own", saved);
  }
  if (!isObject(saved) || saved["name"] !== pruner.name)
    throw foreign(`a memory of the pruner ${pruner.name}`, saved);
  assertJson(saved["memory"], pruner.name);
  return madeFrom(structuredClone(saved["memory"]), pruner);
}

function foreign(expected: string, saved: unknown): VlaPrunerError {
  const found = isObject(saved)
    ? `one of ${String(saved["name"])}`
    : saved === undefined
      ? "none"
      : JSON.stringify(saved);
  const fix = "restore it into an episode of the pruner that it was saved from";
  return new VlaPrunerError("state-invalid", { expected, found, fix });
}

/** A pruner may stumble over what it did not save; that is the state's fault. */
function madeFrom(saved: unknown, { name, memory }: TokenPruner): unknown {
  if (memory?.restore === undefined) return saved;
  try {
    return memory.restore(saved);
  } catch (cause) {
    if (VlaPrunerError.is(cause)) throw cause;
    throw new VlaPrunerError("state-invalid", {
      expected: `a memory that ${name} saved`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "pass what episode.saveState() returned, unchanged",
      cause,
    });
  }
}

/** JSON would drop or bend anything else in silence. */
function assertJson(value: unknown, pruner: string): void {
  if (isJson(value)) return;
  throw new VlaPrunerError("state-invalid", {
    expected: `the memory of ${pruner} as plain JSON: objects, arrays, strings, finite numbers, true, false, null`,
    found: "something else",
    fix: "give the pruner's memory save and restore, which turn it into JSON and back",
  });
}

/** @param within what holds the value: a circle is no JSON */
function isJson(value: unknown, within: readonly unknown[] = []): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || within.includes(value)) return false;
  const holders = [...within, value];
  // `Array.from` fills holes with undefined, which `every` would skip and JSON would turn into null.
  if (Array.isArray(value)) return Array.from(value).every((part) => isJson(part, holders));
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain = prototype === Object.prototype || prototype === null;
  return plain && Object.values(value).every((part) => isJson(part, holders));
}
