import { VlaPrunerError } from "@vla-pruner/format";
import type { CompletedCall, TokenPruner } from "../token-pruner.ts";
import type { ViewSpan } from "../vla-adapter.ts";

import { TemporalMemory } from "./temporal-memory.ts";
import type { TemporalState } from "./temporal-memory.ts";

/** What an episode remembers, JSON-safe: it can go on in another process. */
export interface EpisodeState extends TemporalState {
  /** The pruner's own memory, where it brings one. */
  readonly pruner?: { readonly name: string; readonly memory: unknown };
}

/** All that an episode remembers: past action attention, and what its pruner brings. Immutable. */
export class EpisodeMemory {
  readonly temporal: TemporalMemory;
  /** The pruner's own. */
  readonly own: unknown;
  readonly #pruner: TokenPruner;

  private constructor(pruner: TokenPruner, temporal: TemporalMemory, own: unknown) {
    this.#pruner = pruner;
    this.temporal = temporal;
    this.own = own;
  }

  static start(pruner: TokenPruner): EpisodeMemory {
    return new EpisodeMemory(pruner, new TemporalMemory(pruner.temporal), pruner.memory?.start());
  }

  /** @throws `state-invalid` */
  static restore(pruner: TokenPruner, state: EpisodeState): EpisodeMemory {
    const temporal = TemporalMemory.restore(pruner.temporal ?? {}, state);
    const { pruner: saved } = state;
    const expected = pruner.memory === undefined ? undefined : pruner.name;
    if (saved?.name !== expected) {
      throw new VlaPrunerError("state-invalid", {
        expected:
          expected === undefined ? "no memory of a pruner's own" : `a memory of the pruner ${expected}`,
        found: saved === undefined ? "none" : `one of ${saved.name}`,
        fix: "restore it into an episode of the pruner that it was saved from",
      });
    }
    if (pruner.memory === undefined) return new EpisodeMemory(pruner, temporal, undefined);
    assertJson(saved?.memory, pruner.name);
    const { memory } = structuredClone(saved ?? { memory: null });
    return new EpisodeMemory(pruner, temporal, pruner.memory.restore?.(memory) ?? memory);
  }

  /**
   * The memory after one more completed call.
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
    return new EpisodeMemory(this.#pruner, temporal, own);
  }

  /** @throws `state-invalid` where the pruner's memory is not plain JSON, and it does not say how to save it */
  save(): EpisodeState {
    const { name, memory } = this.#pruner;
    if (memory === undefined) return this.temporal.save();
    const saved = memory.save === undefined ? this.own : memory.save(this.own);
    assertJson(saved, name);
    return { ...this.temporal.save(), pruner: { name, memory: structuredClone(saved) } };
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

function isJson(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== "object") return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isJson);
}
