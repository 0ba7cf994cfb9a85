import { megabytes } from "./bench-table.ts";
import type { LoopReport } from "./control-loop.ts";
import type { SoakReport } from "./soak.ts";

export function soakText(reports: readonly SoakReport[]): string {
  return reports
    .map(({ model, retention, steps, median, p99, ratio, memory, growth }) => {
      const cards = memory.flatMap((use) => (use.cards === null ? [] : [megabytes(use.cards)]));
      return [
        `${model} at ${retention}: ${steps} steps, median ${median.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${ratio.toFixed(2)} times the median`,
        `process after each tenth: ${memory.map((use) => megabytes(use.process)).join(", ")}; ${(growth / 1024).toFixed(1)} KiB a step in the last half`,
        ...(cards.length === 0 ? [] : [`cards: ${cards.join(", ")}`]),
      ].join("\n");
    })
    .join("\n")
    .concat("\n");
}

export function loopText(reports: readonly LoopReport[]): string {
  return reports
    .map(({ isolation, hertz, ticks, late, actions, superseded, latency }) =>
      [
        `${hertz} Hz beside a worker ${isolation}, ${ticks} ticks`,
        `late by ${late.p50.toFixed(2)} ms (p50), ${late.p99.toFixed(2)} ms (p99), ${late.max.toFixed(2)} ms (max)`,
        `${actions} actions, ${latency.median.toFixed(0)} ms (${latency.p10.toFixed(0)}–${latency.p90.toFixed(0)}) after their call; ${superseded} calls superseded by newer ones`,
      ].join("\n"),
    )
    .join("\n\n")
    .concat("\n");
}
