import { element } from "./svg.ts";

/** Colours of lines, told apart by colour-blind readers too (Okabe and Ito), the method's own first. */
const PALETTE = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#e69f00",
  "#56b4e9",
  "#7f7f7f",
  "#8c564b",
  "#4b0082",
  "#bcbd22",
  "#ad1457",
  "#004d40",
];

/** Outlines around (0, 0) within 4 pixels, for readers without colour. */
const OUTLINES = [
  "M0 -4.2A4.2 4.2 0 1 1 0 4.2A4.2 4.2 0 1 1 0 -4.2Z", // circle
  "M-3.7 -3.7H3.7V3.7H-3.7Z", // square
  "M0 -4.8L4.6 3.4H-4.6Z", // triangle, up
  "M0 -5.2L5.2 0L0 5.2L-5.2 0Z", // diamond
  "M0 4.8L4.6 -3.4H-4.6Z", // triangle, down
  "M-1.5 -4.5H1.5V-1.5H4.5V1.5H1.5V4.5H-1.5V1.5H-4.5V-1.5H-1.5Z", // cross
];

/** How a method's line and points look. */
export interface Series {
  readonly colour: string;
  /** Its point at a place, as SVG. */
  readonly point: (x: number, y: number) => string;
}

/**
 * A look for each name, in their order: colours of twelve, shapes of six, then the same shapes hollow. `keep-all` is
 * black.
 */
export function seriesOf(names: readonly string[]): ReadonlyMap<string, Series> {
  const others = names.filter((name) => name !== "keep-all");
  return new Map([
    ["keep-all", series("#111111", 0)],
    ...others.map((name, index) => [name, series(PALETTE[index % PALETTE.length] ?? "", index)] as const),
  ]);
}

function series(colour: string, index: number): Series {
  const hollow = Math.floor(index / OUTLINES.length) % 2 === 1;
  const style = { fill: hollow ? "#ffffff" : colour, stroke: colour, "stroke-width": hollow ? 1.8 : 0.8 };
  return {
    colour,
    point: (x, y) =>
      element("path", {
        d: OUTLINES[index % OUTLINES.length] ?? "",
        transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
        ...style,
      }),
  };
}
