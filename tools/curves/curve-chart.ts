import { seriesOf } from "../../packages/eval/src/report/series.ts";
import { element, label, picture } from "../../packages/eval/src/report/svg.ts";

/** A measured step: milliseconds, by what was varied. */
export interface CurvePoint {
  readonly value: number;
  readonly retention: number;
  readonly total: { readonly median: number; readonly p10: number; readonly p90: number };
}

const [LEFT, TOP, WIDTH, HEIGHT] = [70, 40, 420, 260];

/** Medians with bars from the 10th to the 90th percentile, a line a retention. */
export function curveChart(axis: string, points: readonly CurvePoint[], note: string): string {
  const values = [...new Set(points.map(({ value }) => value))].toSorted((a, b) => a - b);
  const retentions = [...new Set(points.map(({ retention }) => retention))].toSorted((a, b) => b - a);
  const top = niceAbove(Math.max(...points.map(({ total }) => total.p90)));
  const [least = 0, most = 0] = [values[0], values.at(-1)];
  const x = (value: number): number =>
    LEFT + 20 + ((WIDTH - 40) * (value - least)) / Math.max(1e-9, most - least);
  const y = (ms: number): number => TOP + HEIGHT * (1 - ms / top);
  const names = retentions.map((retention) => (retention === 1 ? "keep-all" : `${100 * retention} %`));
  const looks = seriesOf(names);
  const lines = retentions.map((retention, index) => {
    const own = points.filter((point) => point.retention === retention).toSorted((a, b) => a.value - b.value);
    const look = looks.get(names[index] ?? "");
    const [colour, point] = [look?.colour ?? "#000000", look?.point ?? (() => "")];
    const line = own
      .map(({ value, total }) => `${x(value).toFixed(1)},${y(total.median).toFixed(1)}`)
      .join(" ");
    const bars = own.map(({ value, total }) =>
      element("line", { x1: x(value), x2: x(value), y1: y(total.p10), y2: y(total.p90), stroke: colour }),
    );
    const legend = LEFT + 20 + index * 130;
    return [
      element("polyline", { points: line, fill: "none", stroke: colour, "stroke-width": 1.6 }),
      ...bars,
      ...own.map(({ value, total }) => point(x(value), y(total.median))),
      point(legend, 20),
      label(legend + 10, 24, retention === 1 ? "dense" : `${names[index]} kept`),
    ].join("");
  });
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const ms = share * top;
    const rule = { x1: LEFT, x2: LEFT + WIDTH, y1: y(ms), y2: y(ms), stroke: "#dddddd" };
    return element("line", rule) + label(LEFT - 8, y(ms) + 4, `${ms}`, { "text-anchor": "end" });
  });
  const ticks = values.map((value) =>
    label(x(value), TOP + HEIGHT + 18, String(value), { "text-anchor": "middle" }),
  );
  const titles = [
    label(LEFT + WIDTH / 2, TOP + HEIGHT + 38, axis, { "text-anchor": "middle" }),
    label(LEFT - 60, TOP - 12, "ms a step"),
    label(LEFT - 60, TOP + HEIGHT + 58, note, { "font-size": 10 }),
  ];
  return picture(LEFT + WIDTH + 30, TOP + HEIGHT + 70, ...grid, ...lines, ...ticks, ...titles);
}

/** The next of 1, 2, 4, 8 times a power of ten: its quarters are round, too. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 8, 10].map((step) => step * power).find((step) => step >= value) ?? 10 * power;
}
