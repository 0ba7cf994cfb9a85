import { topK } from "@vla-pruner/core";
import type { StepResult } from "@vla-pruner/core";
import { drawText, textWidth } from "./bitmap-font.ts";
import { blankPicture } from "./png.ts";
import type { Picture } from "./png.ts";

/** A camera frame and what the policy made of it. */
export interface Panel {
  readonly frame: Picture;
  readonly result: StepResult;
}

const SCALE = 2;
const TEXT = 3;
const GAP = 24;
const SWATCH = 21;
const BAND = 50;
const INK = [32, 36, 42];
const PAPER = [255, 255, 255];

/** Which of the two scores wanted a kept token, and the colour of its border. */
const SEMANTIC = { label: "SEMANTIC ATTENTION", colour: [40, 130, 255] };
const FORECAST = { label: "FORECAST ACTION ATTENTION", colour: [255, 150, 20] };
const BOTH = { label: "BOTH", colour: [232, 70, 210] };

/** Steps side by side: kept patches bright, with a border that tells which score wanted them; the rest dimmed. */
export function keptPicture(panels: readonly Panel[]): Picture {
  const side = (panels[0]?.frame.width ?? 0) * SCALE;
  const width = panels.length * (side + GAP) + GAP;
  const picture = blankPicture(width, BAND + side + BAND + GAP / 2, PAPER);
  for (const [index, panel] of panels.entries()) {
    const left = GAP + index * (side + GAP);
    const { step, decision, keep, views } = panel.result;
    const vision = views.reduce((sum, { count }) => sum + count, 0);
    const title =
      decision === "dense" ? `STEP ${step}: DENSE (WARM-UP)` : `STEP ${step}: ${keep.length}/${vision} KEPT`;
    drawText(picture, title, { x: left, y: 17, scale: TEXT, colour: INK });
    drawPanel(picture, panel, left, BAND);
  }
  drawLegend(picture, GAP, BAND + side + GAP);
  return picture;
}

function drawPanel(picture: Picture, { frame, result }: Panel, left: number, top: number): void {
  const across = Math.sqrt(result.views[0]?.count ?? 1); // patches along a side
  const patch = frame.width / across;
  const borders = bordersOf(result);
  for (let pixel = 0; pixel < (frame.width * SCALE) ** 2; pixel += 1) {
    const x = pixel % (frame.width * SCALE);
    const y = Math.floor(pixel / (frame.width * SCALE));
    const [sourceX, sourceY] = [Math.floor(x / SCALE), Math.floor(y / SCALE)];
    const token = Math.floor(sourceY / patch) * across + Math.floor(sourceX / patch);
    const border = borders.get(token);
    const atEdge = [x, y].some((place) => {
      const within = place % (patch * SCALE);
      return within < 2 || within >= patch * SCALE - 2;
    });
    const base = (sourceY * frame.width + sourceX) * 3;
    const colour = frame.data.subarray(base, base + 3);
    const target = ((top + y) * picture.width + left + x) * 3;
    if (result.decision === "dense") picture.data.set(colour, target);
    else if (border === undefined) picture.data.set(dim(colour), target);
    else picture.data.set(atEdge ? border : colour, target);
  }
}

/** Border colour of every kept token. */
function bordersOf({ keep, semantic, forecast }: StepResult): Map<number, readonly number[]> {
  const wanted = (score: Float32Array | null | undefined): Set<number> =>
    new Set(score ? topK(score, keep.length) : []);
  const [bySemantic, byForecast] = [wanted(semantic.last), wanted(forecast)];
  const borders = new Map<number, readonly number[]>();
  for (const token of keep) {
    const single = bySemantic.has(token) ? SEMANTIC : FORECAST;
    borders.set(token, bySemantic.has(token) && byForecast.has(token) ? BOTH.colour : single.colour);
  }
  return borders;
}

function dim(colour: Uint8Array): number[] {
  const grey = ((colour[0] ?? 0) + (colour[1] ?? 0) + (colour[2] ?? 0)) / 3;
  return Array.from(colour, (value) => 16 + 0.28 * (0.6 * value + 0.4 * grey));
}

function drawLegend(picture: Picture, left: number, top: number): void {
  let x = left;
  const write = (text: string): void => {
    drawText(picture, text, { x, y: top, scale: TEXT, colour: INK });
    x += textWidth(text, TEXT) + 40;
  };
  write("WANTED BY:");
  for (const { label, colour } of [SEMANTIC, FORECAST, BOTH]) {
    for (let row = 0; row < SWATCH; row += 1) {
      for (let column = 0; column < SWATCH; column += 1) {
        const edge = Math.min(row, column, SWATCH - 1 - row, SWATCH - 1 - column) < 5;
        picture.data.set(edge ? colour : [96, 100, 107], ((top + row) * picture.width + x + column) * 3);
      }
    }
    x += SWATCH + 12;
    write(label);
  }
  write("DIMMED: PRUNED");
}
