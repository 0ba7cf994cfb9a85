import { VLA_PRUNERS } from "@vla-pruner/core";
import { callMilliseconds } from "../closed-loop/call-milliseconds.ts";
import { element, label, picture } from "./svg.ts";
import type { CellReport } from "./types.ts";

const STAGES: Readonly<Record<string, string>> = {
  prepare: "#bbbbbb",
  encodeVision: "#009e73",
  prefillHead: "#56b4e9",
  select: "#d55e00",
  act: "#0072b2",
  observe: "#e69f00",
  toAction: "#777777",
};
const ROW = 22;
const LEFT = 250;
const BARS = 520;
const TOP = 44;

/** Bars that a chart can take; with more, only the dense model and VLA-Pruner are drawn. */
const MOST = 24;

/** Milliseconds of a model call by stage, a bar a policy, pruner and retention. */
export function latencyChart(totals: readonly CellReport[], warmup: CellReport["warmup"]): string {
  const all = totals.filter((cell) => cell.warmup === null || cell.warmup === warmup);
  const main = all.filter(({ pruner }) => pruner === "keep-all" || VLA_PRUNERS.includes(pruner));
  const shown = all.length <= MOST || main.length === 0 ? all : main;
  const longest = Math.max(1e-9, ...shown.map(callMilliseconds));
  const scale = BARS / longest;
  const rows = shown.map((cell, index) => {
    const y = TOP + index * ROW;
    let x = LEFT;
    const parts = Object.entries(STAGES).map(([stage, fill]) => {
      const width = (cell.timings[stage] ?? 0) * scale;
      x += width;
      return element("rect", { x: x - width, y, width, height: ROW - 6, fill });
    });
    const share = cell.pruner === "keep-all" ? "" : ` ${100 * cell.retention} %`;
    return [
      label(LEFT - 8, y + 12, `${cell.policy}  ${cell.pruner}${share}`, {
        "text-anchor": "end",
        "font-size": 11,
      }),
      ...parts,
      label(x + 6, y + 12, `${callMilliseconds(cell).toFixed(1)} ms`, { "font-size": 11 }),
    ].join("");
  });
  const legend = Object.entries(STAGES).map(([stage, fill], index) => {
    const x = LEFT + index * 92;
    return (
      element("rect", { x, y: 12, width: 11, height: 11, fill }) +
      label(x + 15, 22, stage, { "font-size": 11 })
    );
  });
  return picture(LEFT + BARS + 150, TOP + shown.length * ROW + 10, ...legend, ...rows);
}
