import { PRUNERS, VLA_PRUNERS } from "@vla-pruner/core";
import { seriesOf } from "./series.ts";
import type { Series } from "./series.ts";
import { element, label, picture } from "./svg.ts";
import type { CellReport } from "./types.ts";

const PANEL = { width: 460, height: 300 };
const MARGIN = { left: 52, right: 18, top: 38, bottom: 44 };
const LEGEND_ROW = 20;
/** Most pixels between the marks of methods that kept equally much, so that these can be told apart. */
const DODGE = 7;
/** Where a panel's axis begins, and its steps: the first that has room for every interval, so that good policies differ. */
const AXES = [
  { from: 0.75, step: 0.05 },
  { from: 0.5, step: 0.1 },
  { from: 0, step: 0.25 },
] as const;

/**
 * Success against retention over all suites, a panel a policy, with 95 % intervals; dense as a dashed line. An axis begins
 * at 75, 50 or 0 %.
 */
export function successChart(totals: readonly CellReport[], warmup: CellReport["warmup"]): string {
  const shown = totals.filter((cell) => cell.warmup === null || cell.warmup === warmup);
  const policies = [...new Set(shown.map(({ policy }) => policy))];
  const pruners = [...new Set(shown.map(({ pruner }) => pruner))];
  const series = seriesOf(pruners);
  const panels = policies.map((policy, index) =>
    element(
      "g",
      { transform: `translate(${index * PANEL.width} 0)` },
      panel(
        policy,
        shown.filter((cell) => cell.policy === policy),
        pruners,
        series,
      ),
    ),
  );
  const width = Math.max(1, policies.length) * PANEL.width;
  const columns = Math.max(1, Math.floor(width / 220));
  const legend = pruners.map((pruner, index) => {
    const [x, y] = [
      MARGIN.left + (index % columns) * 210,
      PANEL.height + 14 + Math.floor(index / columns) * LEGEND_ROW,
    ];
    const look = series.get(pruner);
    const line = element("line", {
      x1: x,
      x2: x + 28,
      y1: y - 4,
      y2: y - 4,
      stroke: look?.colour ?? "",
      "stroke-width": 2.2,
      ...dashes(pruner),
    });
    if (pruner === "keep-all") return line + label(x + 34, y, "keep-all (dense)");
    return line + (look?.point(x + 14, y - 4) ?? "") + label(x + 34, y, pruner);
  });
  const height = PANEL.height + Math.ceil(pruners.length / columns) * LEGEND_ROW + 8;
  return picture(width, height, ...panels, ...legend);
}

function panel(
  policy: string,
  cells: readonly CellReport[],
  pruners: readonly string[],
  series: ReadonlyMap<string, Series>,
): string {
  const retentions = [...new Set(cells.map(({ retention }) => retention))]
    .filter((one) => one < 1)
    .toSorted((a, b) => b - a);
  const inner = {
    width: PANEL.width - MARGIN.left - MARGIN.right,
    height: PANEL.height - MARGIN.top - MARGIN.bottom,
  };
  const xOf = (retention: number): number =>
    MARGIN.left + (inner.width * (retentions.indexOf(retention) + 0.5)) / Math.max(1, retentions.length);
  const { from, step } =
    AXES.find((axis) => cells.every(({ interval }) => interval[0] >= axis.from)) ?? AXES[2];
  const yOf = (success: number): number => MARGIN.top + (inner.height * (1 - success)) / (1 - from);
  const right = PANEL.width - MARGIN.right;
  const marks = Array.from({ length: 1 + Math.round((1 - from) / step) }, (_, index) => from + index * step);
  const grid = marks.map(
    (share) =>
      element("line", { x1: MARGIN.left, x2: right, y1: yOf(share), y2: yOf(share), stroke: "#dddddd" }) +
      label(MARGIN.left - 8, yOf(share) + 4, (100 * share).toFixed(0), { "text-anchor": "end" }),
  );
  const ticks = retentions.map((retention) =>
    label(xOf(retention), PANEL.height - MARGIN.bottom + 18, `${100 * retention} %`, {
      "text-anchor": "middle",
    }),
  );
  const dodge = Math.min(DODGE, (0.8 * inner.width) / Math.max(1, retentions.length) / pruners.length);
  const lines = pruners.flatMap((pruner, index) => {
    const look = series.get(pruner);
    const stroke = look?.colour ?? "";
    const own = cells.filter((cell) => cell.pruner === pruner);
    if (pruner === "keep-all") {
      return own.map(({ success }) =>
        element("line", {
          x1: MARGIN.left,
          x2: right,
          y1: yOf(success),
          y2: yOf(success),
          stroke,
          "stroke-width": 1.5,
          ...dashes(pruner),
        }),
      );
    }
    const shift = (index - (pruners.length - 1) / 2) * dodge;
    const points = own
      .toSorted((a, b) => b.retention - a.retention)
      .map(({ retention, success, interval }) => ({ x: xOf(retention) + shift, y: yOf(success), interval }));
    return [
      element("polyline", {
        points: points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" "),
        fill: "none",
        stroke,
        "stroke-width": VLA_PRUNERS.includes(pruner) ? 3 : 1.8,
        ...dashes(pruner),
      }),
      ...points.map(
        ({ x, y, interval: [low, high] }) =>
          element("line", {
            x1: x,
            x2: x,
            y1: yOf(low),
            y2: yOf(high),
            stroke,
            "stroke-width": 1,
            "stroke-opacity": 0.6,
          }) + (look?.point(x, y) ?? ""),
      ),
    ];
  });
  return [
    label(MARGIN.left, 22, policy, { "font-size": 14, "font-weight": "bold" }),
    ...grid,
    ...ticks,
    label(MARGIN.left + inner.width / 2, PANEL.height - 8, "visual tokens kept", { "text-anchor": "middle" }),
    label(14, MARGIN.top + inner.height / 2, "success, %", {
      "text-anchor": "middle",
      transform: `rotate(-90 14 ${MARGIN.top + inner.height / 2})`,
    }),
    ...lines,
  ].join("");
}

/** The dense model, and what is no method of its own (oracles, ablations, variants), is dashed. */
function dashes(pruner: string): { "stroke-dasharray": string } | Record<string, never> {
  if (pruner === "keep-all") return { "stroke-dasharray": "6 4" };
  return Object.hasOwn(PRUNERS, pruner) ? {} : { "stroke-dasharray": "3 3" };
}
