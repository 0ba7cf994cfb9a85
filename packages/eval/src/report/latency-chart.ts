import { VLA_PRUNERS } from "@vla-pruner/core";
import { callMilliseconds } from "../closed-loop/call-milliseconds.ts";
import { element, label, picture } from "./svg.ts";
import type { CellReport } from "./types.ts";

/** Colour of each stage, and strokes over it, a tile of 8 by 8, so that stages differ without colour. */
const STAGES: Readonly<Record<string, { readonly fill: string; readonly strokes: string }>> = {
  prepare: { fill: "#dddddd", strokes: "" },
  encodeVision: { fill: "#009e73", strokes: "M-2 6L2 10M-2 -2L10 10M6 -2L10 2" },
  prefillHead: { fill: "#56b4e9", strokes: "" },
  select: { fill: "#7a2e00", strokes: "" },
  act: { fill: "#0072b2", strokes: "M-2 2L2 -2M-2 10L10 -2M6 10L10 6" },
  observe: { fill: "#e69f00", strokes: "M0 4H8" },
  toAction: { fill: "#777777", strokes: "M4 0V8" },
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
    const parts = Object.keys(STAGES).map((stage) => {
      const width = (cell.timings[stage] ?? 0) * scale;
      x += width;
      return element("rect", { x: x - width, y, width, height: ROW - 6, fill: `url(#${stage})` });
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
  const legend = Object.keys(STAGES).map((stage, index) => {
    const x = LEFT + index * 96;
    return (
      element("rect", { x, y: 10, width: 16, height: 16, fill: `url(#${stage})` }) +
      label(x + 20, 22, stage, { "font-size": 11 })
    );
  });
  return picture(LEFT + BARS + 150, TOP + shown.length * ROW + 10, PATTERNS, ...legend, ...rows);
}

const PATTERNS = element(
  "defs",
  {},
  ...Object.entries(STAGES).map(([id, { fill, strokes }]) =>
    element(
      "pattern",
      { id, width: 8, height: 8, patternUnits: "userSpaceOnUse" },
      element("rect", { width: 8, height: 8, fill }),
      element("path", { d: strokes, stroke: "#ffffff", "stroke-width": 1.2 }),
    ),
  ),
);
