import { prefillMacs, stepMacs } from "@vla-pruner/core";
import type { DecoderCost, ModelLayout, StageName, StepMacs, StepResult } from "@vla-pruner/core";
import { overlapOf } from "./overlap.ts";

/** The same step of both episodes. */
export interface StepPair {
  readonly dense: StepResult;
  readonly pruned: StepResult;
}

const STAGES: readonly StageName[] = ["encodeVision", "prefillHead", "select", "act"];

export const STEP_HEADER = [
  "step  decision  reason        kept  stayed  forecast",
  ...STAGES.map((stage) => stage.padStart(15)),
  "whole step".padStart(15),
].join("");

/** One line a step: the choice, then milliseconds, dense against pruned. */
export function stepLine({ dense, pruned }: StepPair, previous: StepResult | undefined): string {
  const overlap = overlapOf(pruned, previous);
  const vision = pruned.views.reduce((sum, { count }) => sum + count, 0);
  const times = STAGES.map((stage) => [dense.timings[stage] ?? 0, pruned.timings[stage] ?? 0] as const);
  const whole = [totalOf(dense), totalOf(pruned)] as const;
  return [
    String(pruned.step).padStart(4),
    `  ${pruned.decision.padEnd(8)}  ${pruned.reason.padEnd(8)}`,
    `${pruned.keep.length}/${vision}`.padStart(10),
    percent(overlap.previous).padStart(8),
    percent(overlap.forecast).padStart(10),
    ...[...times, whole].map(([before, after]) => `${before.toFixed(1)} → ${after.toFixed(1)}`.padStart(15)),
  ].join("");
}

/** Medians over the steps that were pruned: what pruning changed, stage by stage. */
export function timingSummary(pairs: readonly StepPair[]): string {
  const pruned = pairs.filter((pair) => pair.pruned.decision === "pruned");
  const line = (name: string, timeOf: (result: StepResult) => number): string => {
    const [before, after] = [
      median(pruned.map((pair) => timeOf(pair.dense))),
      median(pruned.map((pair) => timeOf(pair.pruned))),
    ];
    return `  ${name.padEnd(13)}${before.toFixed(2).padStart(8)} → ${after.toFixed(2).padStart(7)} ms`;
  };
  return [
    `median of the ${pruned.length} pruned steps, dense → pruned:`,
    ...STAGES.map((stage) => line(stage, ({ timings }) => timings[stage] ?? 0)),
    line("whole step", totalOf),
  ].join("\n");
}

/** The cost model's multiply-accumulates by part, dense against pruned. */
export function costSummary(layout: ModelLayout, { keep, sequence, views }: StepResult): string {
  const vision = views.reduce((sum, { count }) => sum + count, 0);
  const dense = stepMacs(layout.cost, layout.pruneLayer, sequence, sequence);
  const pruned = stepMacs(layout.cost, layout.pruneLayer, sequence, sequence - vision + keep.length);
  const line = (part: keyof StepMacs): string => {
    const [before, after] = [dense[part], pruned[part]];
    const change = `${((100 * after) / before).toFixed(1)} %`;
    return `  ${part.padEnd(13)}${(before / 1e6).toFixed(2).padStart(8)} → ${(after / 1e6).toFixed(2).padStart(7)} MMAC  ${change.padStart(8)}`;
  };
  return [
    "cost model of one step, dense → pruned:",
    ...(Object.keys(dense) as (keyof StepMacs)[]).map(line),
  ].join("\n");
}

/** OpenVLA-7B's decoder, and the 256 + 35 prompt tokens of the paper's cost column. */
const OPENVLA_7B: DecoderCost = {
  layers: 32,
  hidden: 4096,
  intermediate: 11_008,
  vocabulary: 32_064,
  decodeSteps: 6,
  towers: [],
};

/** What the same cut saves at full size, by the cost model. */
export function fullSizeCost(pruneLayer: number, retention: number): string {
  const [text, vision] = [35, 256];
  const at = (kept: number): string =>
    (prefillMacs(OPENVLA_7B, pruneLayer, text + vision, text + kept) / 1e12).toFixed(3);
  return `the same cut at OpenVLA-7B's size, prefill: ${at(vision)} → ${at(Math.round(vision * retention))} TMAC (cost model)`;
}

function totalOf({ timings }: StepResult): number {
  return Object.values(timings).reduce((sum, part) => sum + part, 0);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (
    ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) /
    2
  );
}

function percent(share: number | null): string {
  return share === null ? "-" : `${Math.round(100 * share)} %`;
}
