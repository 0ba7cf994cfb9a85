import { element } from "./elements.ts";

/** Calls that are shown. */
const SHOWN = 36;
const [WIDTH, HEIGHT, TOP] = [720, 150, 8];

/** Milliseconds of a call. */
export interface TimedCall {
  readonly decision: "dense" | "pruned";
  readonly milliseconds: number;
  readonly dense: number | null;
}

/** A pair of bars a call: dense behind, pruned before it. */
export function drawChart(place: HTMLElement, axis: HTMLElement, calls: readonly TimedCall[]): void {
  const shown = calls.slice(-SHOWN);
  const most = niceAbove(
    Math.max(1, ...shown.map(({ milliseconds, dense }) => Math.max(milliseconds, dense ?? 0))),
  );
  const slot = WIDTH / Math.max(18, shown.length);
  const bar = (kind: string, index: number, milliseconds: number, inset: number): SVGElement => {
    const height = (milliseconds / most) * (HEIGHT - TOP);
    return svg("rect", {
      class: kind,
      x: index * slot + inset,
      y: HEIGHT - height,
      width: slot * 0.36,
      height,
      rx: 2,
    });
  };
  const bars = shown.flatMap(({ decision, milliseconds, dense }, index) => [
    ...(dense === null ? [] : [bar("is-dense", index, dense, slot * 0.1)]),
    ...(decision === "pruned" ? [bar("is-pruned", index, milliseconds, slot * 0.52)] : []),
  ]);
  const lines = [0, 0.5, 1].map((share) => {
    const y = HEIGHT - share * (HEIGHT - TOP);
    return svg("line", { class: "grid", x1: 0, x2: WIDTH, y1: y, y2: y });
  });
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" });
  picture.append(...lines, ...bars);
  place.replaceChildren(picture);
  const marks = calls.length === 0 ? [] : [most, most / 2, 0];
  axis.replaceChildren(...marks.map((value) => element("span", {}, String(value))));
  place.setAttribute("aria-label", words(calls));
}

function words(calls: readonly TimedCall[]): string {
  const last = calls.at(-1);
  if (last === undefined) return "No call yet";
  const dense = last.dense === null ? "" : `, dense ${Math.round(last.dense)}`;
  return `${calls.length} calls; the last took ${Math.round(last.milliseconds)} milliseconds${dense}`;
}

function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 3, 4, 6, 8, 10].find((factor) => factor * power >= value) ?? 10) * power;
}

function svg(tag: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}
