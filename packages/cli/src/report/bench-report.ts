import { cpus } from "node:os";
import { stepMacs } from "@vla-pruner/core";
import type { ModelLayout, StepResult } from "@vla-pruner/core";

/** Stages whose time belongs to the language model: what pruning can shorten, and what it adds. */
const LLM_STAGES: readonly string[] = ["prefillHead", "select", "act", "observe"];

/** A measured quantity over several runs: the median, and the values that 10 % and 90 % of the runs stay below. */
interface Spread {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
}

/** One retention ratio of a benchmark. Times in milliseconds, costs in multiply-accumulates. */
export interface BenchCell {
  readonly retention: number;
  readonly kept: number;
  readonly sequence: number;
  readonly runs: number;
  readonly stages: Readonly<Record<string, Spread>>;
  readonly llm: Spread;
  readonly total: Spread;
  /** Median time of the densest cell over this one's. */
  readonly speedup: { readonly llm: number; readonly total: number };
  /** The cost model (method 7); `prefillRatio` is what the paper calls FLOPs, over dense. */
  readonly flops: {
    readonly vision: number;
    readonly prefill: number;
    readonly decode: number;
    readonly head: number;
    readonly prefillRatio: number;
  };
  readonly machine: string;
}

/** Sums the measured steps of one retention ratio up. */
export function benchCell(
  retention: number,
  results: readonly StepResult[],
  layout: ModelLayout,
  device: string,
  densest?: BenchCell,
): BenchCell {
  const names = Object.keys(results[0]?.timings ?? {});
  const stages = Object.fromEntries(
    names.map((name) => [
      name,
      spreadOf(results.map(({ timings }) => timings[name as keyof typeof timings] ?? 0)),
    ]),
  );
  const sumOf = (wanted: (name: string) => boolean): Spread =>
    spreadOf(
      results.map(({ timings }) =>
        Object.entries(timings).reduce((sum, [name, ms]) => sum + (wanted(name) ? ms : 0), 0),
      ),
    );
  const llm = sumOf((name) => LLM_STAGES.includes(name));
  const total = sumOf(() => true);
  const [{ keep, sequence, views } = { keep: [], sequence: 0, views: [] }] = results;
  const vision = views.reduce((sum, { count }) => sum + count, 0);
  const macs = stepMacs(layout.cost, layout.pruneLayer, sequence, sequence - vision + keep.length);
  const full = stepMacs(layout.cost, layout.pruneLayer, sequence, sequence);
  return {
    retention,
    kept: keep.length,
    sequence,
    runs: results.length,
    stages,
    llm,
    total,
    speedup: {
      llm: (densest?.llm ?? llm).median / llm.median,
      total: (densest?.total ?? total).median / total.median,
    },
    flops: { ...macs, prefillRatio: macs.prefill / full.prefill },
    machine: `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores, Node ${process.version}, device ${device}`,
  };
}

/** A table for people: a row a retention ratio. */
export function benchTable(cells: readonly BenchCell[]): string {
  const names = Object.keys(cells[0]?.stages ?? {});
  const header = ["keep", "tokens", ...names, "LLM part", "whole step", "LLM ×", "step ×", "prefill FLOPs"];
  const rows = cells.map(({ retention, kept, stages, llm, total, speedup, flops }) => [
    String(retention),
    String(kept),
    ...names.map((name) => show(stages[name])),
    show(llm),
    show(total),
    speedup.llm.toFixed(2),
    speedup.total.toFixed(2),
    `${(100 * flops.prefillRatio).toFixed(1)} %`,
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  ");
  const notes = `median (p10–p90) in ms, ${cells[0]?.runs ?? 0} interleaved runs each; ${cells[0]?.machine ?? ""}`;
  return `${[line(header), ...rows.map(line), "", notes].join("\n")}\n`;
}

function show(spread: Spread | undefined): string {
  if (spread === undefined) return "";
  const digits = spread.median < 10 ? 2 : 0;
  return `${spread.median.toFixed(digits)} (${spread.p10.toFixed(digits)}–${spread.p90.toFixed(digits)})`;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const low = sorted[Math.floor(place)] ?? Number.NaN;
    const high = sorted[Math.ceil(place)] ?? Number.NaN;
    return low + (high - low) * (place - Math.floor(place));
  };
  return { median: at(0.5), p10: at(0.1), p90: at(0.9) };
}
