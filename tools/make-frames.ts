/**
 * Draws the camera frames of the examples: a gripper takes a bowl and puts it on a plate.
 *
 *     node --import tsx --conditions=@vla-pruner/source tools/make-frames.ts [FOLDER]
 *
 * Running it again gives the same pixels.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { blankPicture, writePng } from "../examples/support/png.ts";
import type { Picture } from "../examples/support/png.ts";

const SIDE = 224;
/** Samples along each side of a pixel. */
const FINE = 3;

type Triple = readonly [number, number, number];
/** Whether a point lies in a shape; coordinates in pixels, y down. */
type Shape = (x: number, y: number) => boolean;
/** A shape in a colour. */
type Layer = readonly [Shape, Triple];

const ellipse =
  (cx: number, cy: number, rx: number, ry: number): Shape =>
  (x, y) =>
    ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;

const box =
  (left: number, top: number, right: number, bottom: number): Shape =>
  (x, y) =>
    x >= left && x < right && y >= top && y < bottom;

/** A quadrilateral with its corners in clockwise order. */
const quad =
  (...corners: readonly (readonly [number, number])[]): Shape =>
  (x, y) =>
    corners.every(([ax, ay], index) => {
      const [bx, by] = corners[(index + 1) % corners.length] ?? [ax, ay];
      return (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0;
    });

const both =
  (first: Shape, second: Shape): Shape =>
  (x, y) =>
    first(x, y) && second(x, y);

const TABLE_EDGE = 78;
const PLATE = ellipse(160, 156, 44, 23);

/** Back wall, table with plank lines, plate, cube: what does not move. */
function background(): Layer[] {
  const planks = [104, 136, 174].map((y): Layer => [box(0, y, SIDE, y + 1.2), [164, 124, 84]]);
  return [
    [box(0, 0, SIDE, SIDE), [206, 211, 214]],
    [box(0, TABLE_EDGE, SIDE, SIDE), [190, 148, 104]],
    ...planks,
    [box(0, TABLE_EDGE, SIDE, TABLE_EDGE + 3), [142, 104, 70]],
    [ellipse(161, 160, 45, 24), [140, 106, 74]],
    [PLATE, [236, 232, 226]],
    [ellipse(160, 155, 39, 19.5), [196, 58, 52]],
    [ellipse(160, 155.5, 35, 17), [242, 239, 234]],
    [ellipse(160, 157, 22, 10), [224, 220, 214]],
    [ellipse(41, 200, 24, 7), [142, 106, 72]],
    [quad([22, 174], [46, 178], [46, 202], [22, 197]), [38, 96, 176]],
    [quad([46, 178], [60, 172], [60, 194], [46, 202]), [26, 68, 132]],
    [quad([22, 174], [36, 169], [60, 172], [46, 178]), [92, 150, 222]],
  ];
}

function bowl(x: number, y: number, lift: number): Layer[] {
  const low = both(ellipse(x, y, 26, 22), box(0, y, SIDE, SIDE));
  const shadow = ellipse(x + 2, y + 20 + lift, 24 - lift / 6, 6);
  return [
    [shadow, [138, 104, 72]],
    [both(shadow, PLATE), [186, 181, 174]],
    [low, [54, 112, 74]],
    [both(low, box(x + 9, 0, SIDE, SIDE)), [40, 88, 58]],
    [ellipse(x, y, 26, 9), [104, 168, 122]],
    [ellipse(x, y + 1, 22.5, 7), [34, 66, 46]],
  ];
}

function gripper(x: number, y: number, open: number): Layer[] {
  const finger = (at: number): Layer[] => [
    [box(at - 4, y, at + 4, y + 30), [70, 74, 80]],
    [box(at - 4, y + 24, at + 4, y + 30), [226, 140, 40]],
  ];
  return [
    [box(x - 9, 0, x + 9, y - 10), [228, 230, 233]],
    [box(x + 3, 0, x + 9, y - 10), [182, 186, 191]],
    [box(x - 26, y - 12, x + 26, y + 2), [96, 100, 107]],
    [box(x - 26, y - 12, x + 26, y - 8), [132, 137, 144]],
    ...finger(x - open),
    ...finger(x + open),
  ];
}

/** Where gripper and bowl are in each frame: come down, close, lift, carry, set down, open, leave. */
const STATIONS: readonly { readonly gripper: Triple; readonly bowl: Triple }[] = [
  { gripper: [106, 46, 21], bowl: [72, 132, 0] },
  { gripper: [86, 78, 21], bowl: [72, 132, 0] },
  { gripper: [72, 106, 21], bowl: [72, 132, 0] },
  { gripper: [72, 104, 16], bowl: [72, 130, 2] },
  { gripper: [92, 74, 16], bowl: [92, 100, 34] },
  { gripper: [132, 72, 16], bowl: [132, 98, 42] },
  { gripper: [160, 102, 16], bowl: [160, 128, 6] },
  { gripper: [160, 64, 21], bowl: [160, 134, 0] },
];

/** Frame `index` as `[224, 224, 3]`. */
export function drawFrame(index: number): Picture {
  const station = STATIONS[index];
  if (station === undefined) throw new RangeError(`frame ${index} of ${STATIONS.length}`);
  const layers = [...background(), ...bowl(...station.bowl), ...gripper(...station.gripper)].toReversed();
  const picture = blankPicture(SIDE, SIDE, [0, 0, 0]);
  for (let pixel = 0; pixel < SIDE * SIDE; pixel += 1) {
    const [left, top] = [pixel % SIDE, Math.floor(pixel / SIDE)];
    const sum = [0, 0, 0];
    for (let sample = 0; sample < FINE * FINE; sample += 1) {
      const x = left + ((sample % FINE) + 0.5) / FINE;
      const y = top + (Math.floor(sample / FINE) + 0.5) / FINE;
      const [, colour] = layers.find(([covers]) => covers(x, y)) ?? [null, [0, 0, 0]];
      for (const channel of sum.keys()) sum[channel] = (sum[channel] ?? 0) + (colour[channel] ?? 0);
    }
    picture.data.set(
      sum.map((value) => Math.round(value / FINE ** 2)),
      pixel * 3,
    );
  }
  return picture;
}

export async function makeFrames(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < STATIONS.length; index += 1) {
    await writePng(join(folder, `frame-${index}.png`), drawFrame(index));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await makeFrames(resolve(process.argv[2] ?? join(import.meta.dirname, "..", "examples", "frames")));
}
