import { stepMacs } from "@vla-pruner/core";
import type { StepResult } from "@vla-pruner/core";
import { machineName } from "@vla-pruner/eval";
import { spreadOf } from "./spread.ts";
import type { Spread } from "./spread.ts";
import type { Contestant, Subject } from "./subjects.ts";
import type { DraftMode } from "./timed-step.ts";

/** Stages whose time belongs to the language model: what pruning can shorten, and what it adds. */
const LLM_STAGES: readonly string[] = ["prefillHead", "select", "act", "observe"];

/** A row of a benchmark. Times in milliseconds, costs in multiply-accumulates, memory in bytes. */
export interface BenchCell {
  readonly model: string;
  readonly dtype: string;
  readonly device: string;
  readonly draft: DraftMode;
  /** Tokens of drafts that were right, a call; `null` without drafts. */
  readonly accepted: number | null;
  readonly retention: number;
  readonly kept: number;
  readonly sequence: number;
  readonly runs: number;
  readonly stages: Readonly<Record<string, Spread>>;
  /** `null` where one run holds pictures and language. */
  readonly llm: Spread | null;
  readonly total: Spread;
  /** Median time of the model's densest cell without a draft over this one's. */
  readonly speedup: { readonly llm: number | null; readonly total: number };
  /** The cost model (method 7); `prefillRatio` is what the paper calls FLOPs, over dense. */
  readonly flops: {
    readonly vision: number;
    readonly prefill: number;
    readonly decode: number;
    readonly head: number;
    readonly prefillRatio: number;
  };
  readonly load: number;
  readonly memory: Subject["memory"];
  readonly machine: string;
}

/** Sums the measured steps up, a cell a contestant. */
export function benchCells(
  contestants: readonly Contestant[],
  results: readonly (readonly StepResult[])[],
  device: string,
): BenchCell[] {
  const cells = contestants.map((contestant, index) => cellOf(contestant, results[index] ?? [], device));
  return cells.map((cell, index) => {
    const own = cells.filter((_, other) => contestants[other]?.subject === contestants[index]?.subject);
    const undrafted = own.filter(({ draft }) => draft === "none");
    const densest = (undrafted.length > 0 ? undrafted : own).reduce((most, other) =>
      other.retention > most.retention ? other : most,
    );
    const speedup = {
      llm: cell.llm && densest.llm && densest.llm.median / cell.llm.median,
      total: densest.total.median / cell.total.median,
    };
    return { ...cell, speedup };
  });
}

function cellOf(
  { subject, retention, draft }: Contestant,
  results: readonly StepResult[],
  device: string,
): BenchCell {
  const { model, dtype, load, memory, policy } = subject;
  const { layout } = policy.adapter;
  const names = Object.keys(results[0]?.timings ?? {}) as (keyof StepResult["timings"])[];
  const sumOf = (wanted: (name: string) => boolean): Spread =>
    spreadOf(
      results.map(({ timings }) =>
        Object.entries(timings).reduce((sum, [name, ms]) => sum + (wanted(name) ? ms : 0), 0),
      ),
    );
  const [{ keep, sequence, views } = { keep: [], sequence: 0, views: [] }] = results;
  const vision = views.reduce((sum, { count }) => sum + count, 0);
  const macs = stepMacs(layout.cost, layout.pruneLayer, sequence, sequence - vision + keep.length);
  const full = stepMacs(layout.cost, layout.pruneLayer, sequence, sequence);
  const accepted = results.flatMap((result) => (result.draft ? [result.draft.accepted] : []));
  return {
    model,
    dtype,
    device,
    draft,
    accepted: accepted.length === 0 ? null : spreadOf(accepted).median,
    retention,
    kept: keep.length,
    sequence,
    runs: results.length,
    stages: Object.fromEntries(
      names.map((name) => [name, spreadOf(results.map(({ timings }) => timings[name] ?? 0))]),
    ),
    llm: layout.aheadOnly === true ? null : sumOf((name) => LLM_STAGES.includes(name)),
    total: sumOf(() => true),
    speedup: { llm: 1, total: 1 },
    flops: { ...macs, prefillRatio: macs.prefill / full.prefill },
    load,
    memory,
    machine: `${machineName()}, device ${device}`,
  };
}
