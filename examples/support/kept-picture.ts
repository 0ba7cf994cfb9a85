import { topK } from "@vla-pruner/core";
import type { RgbImage } from "@vla-pruner/core/adapter";
import type { TracedCall, TracedView } from "@vla-pruner/eval";
import { drawText, textWidth } from "./bitmap-font.ts";
import { blankPicture } from "./png.ts";
import type { Picture } from "./png.ts";

const SCALE = 4;
const TEXT = 3;
const GAP = 24;
const SWATCH = 21;
const BAND = 50;
const INK = [32, 36, 42];
const PAPER = [255, 255, 255];

/** Which of the two scores wanted a kept token, and its border: its colour, and which pixels of a patch it covers. */
interface Border {
  readonly label: string;
  readonly colour: readonly number[];
  /** @param corner distances from the nearest vertical and horizontal side, pixels */
  readonly covers: (corner: readonly [number, number], side: number) => boolean;
}
const SEMANTIC: Border = {
  label: "SEMANTIC ATTENTION",
  colour: [80, 165, 255],
  covers: (corner) => Math.min(...corner) < 2,
};
const FORECAST: Border = {
  label: "FORECAST ACTION ATTENTION",
  colour: [255, 160, 20],
  covers: (corner, side) => Math.min(...corner) < 3 && Math.max(...corner) < side / 3,
};
const BOTH: Border = {
  label: "BOTH",
  colour: [255, 125, 235],
  covers: (corner) => [0, 1, 4, 5].includes(Math.min(...corner)),
};

/** Calls from all over an episode: the first, the last but one, and two between. */
export function fourMoments(calls: readonly TracedCall[]): TracedCall[] {
  const last = Math.max(0, calls.length - 2);
  const places = new Set([0, 1, 2, 3].map((part) => Math.round((part * last) / 3)));
  return [...places].flatMap((place) => calls[place] ?? []);
}

/**
 * Calls side by side, the cameras of each below one another: kept patches bright, with a border that tells which
 * score wanted them; the rest dimmed.
 */
export function keptPicture(calls: readonly TracedCall[]): Picture {
  const rows = calls[0]?.views ?? [];
  const side = (calls[0]?.frames[rows[0]?.camera ?? ""]?.width ?? 0) * SCALE;
  const height = BAND + rows.length * (side + GAP) + SWATCH + GAP;
  const picture = blankPicture(calls.length * (side + GAP) + GAP, height, PAPER);
  for (const [column, { step, decision, views, frames }] of calls.entries()) {
    const left = GAP + column * (side + GAP);
    const flags = views.flatMap(({ kept }) => [...kept]);
    const share = `${flags.filter((flag) => flag === 1).length}/${flags.length} KEPT`;
    const title = `STEP ${step}: ${decision === "dense" ? "DENSE" : share}`;
    drawText(picture, title, { x: left, y: 17, scale: TEXT, colour: INK });
    for (const [row, view] of views.entries()) {
      const frame = frames[view.camera];
      if (frame !== undefined) drawPanel(picture, frame, view, { left, top: BAND + row * (side + GAP) });
    }
  }
  drawLegend(picture, GAP, height - SWATCH - GAP);
  return picture;
}

function drawPanel(
  picture: Picture,
  frame: RgbImage,
  view: TracedView,
  { left, top }: { left: number; top: number },
): void {
  const across = Math.sqrt(view.kept.length); // patches along a side
  const patch = (frame.width / across) * SCALE;
  const borders = bordersOf(view);
  const dense = borders.size === view.kept.length;
  for (let pixel = 0; pixel < (frame.width * SCALE) ** 2; pixel += 1) {
    const x = pixel % (frame.width * SCALE);
    const y = Math.floor(pixel / (frame.width * SCALE));
    const border = borders.get(Math.floor(y / patch) * across + Math.floor(x / patch));
    const bordered = border?.covers([fromSide(x, patch), fromSide(y, patch)], patch) ?? false;
    const base = (Math.floor(y / SCALE) * frame.width + Math.floor(x / SCALE)) * 3;
    const colour = frame.data.subarray(base, base + 3);
    const target = ((top + y) * picture.width + left + x) * 3;
    if (dense) picture.data.set(colour, target);
    else if (border === undefined) picture.data.set(dim(colour), target);
    else picture.data.set(bordered ? border.colour : colour, target);
  }
}

/** Of a pixel, from the nearer of two sides of its patch. */
function fromSide(place: number, side: number): number {
  return Math.min(place % side, side - 1 - (place % side));
}

/** Border of every kept token, by which score named it as a candidate of `recommended`. */
function bordersOf({ kept, scores }: TracedView): Map<number, Border> {
  const keep = [...kept.keys()].filter((token) => kept[token] === 1);
  const named = Math.max(keep.length, Math.ceil(kept.length / 4));
  const wanted = (score: Float32Array | null): Set<number> => new Set(score ? topK(score, named) : []);
  const [bySemantic, byForecast] = [wanted(scores.semantic), wanted(scores.forecast)];
  const borders = new Map<number, Border>();
  for (const token of keep) {
    const single = bySemantic.has(token) ? SEMANTIC : FORECAST;
    borders.set(token, bySemantic.has(token) && byForecast.has(token) ? BOTH : single);
  }
  return borders;
}

function dim(colour: Uint8Array): number[] {
  const grey = ((colour[0] ?? 0) + (colour[1] ?? 0) + (colour[2] ?? 0)) / 3;
  return Array.from(colour, (value) => 20 + 0.4 * (0.6 * value + 0.4 * grey));
}

function drawLegend(picture: Picture, left: number, top: number): void {
  let x = left;
  const write = (text: string): void => {
    drawText(picture, text, { x, y: top, scale: TEXT, colour: INK });
    x += textWidth(text, TEXT) + 40;
  };
  write("WANTED BY:");
  for (const { label, colour, covers } of [SEMANTIC, FORECAST, BOTH]) {
    for (let row = 0; row < SWATCH; row += 1) {
      for (let column = 0; column < SWATCH; column += 1) {
        const bordered = covers([fromSide(column, SWATCH), fromSide(row, SWATCH)], SWATCH);
        picture.data.set(bordered ? colour : [48, 50, 54], ((top + row) * picture.width + x + column) * 3);
      }
    }
    x += SWATCH + 12;
    write(label);
  }
  write("DIMMED: PRUNED");
}
