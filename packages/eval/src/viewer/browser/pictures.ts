/** Draws one camera at one call: the frame out of the sprite, then its two overlays. */
import type { PatchGrid, ScoreBytes, ScoreName, ViewerCall, ViewerCamera, ViewerView } from "../page-data.ts";
import { partOf } from "./elements.ts";
import { bytesOf, CELL, dimPixels, heatPixels, keptEdges } from "./overlays.ts";

/** What the reader chose to see. */
export interface Choice {
  /** Whether kept patches are marked. */
  readonly mark: boolean;
  readonly map: ScoreName | null;
}

const sprites = new Map<ViewerCamera, HTMLImageElement>();

export async function loadSprite(camera: ViewerCamera): Promise<void> {
  const sprite = new Image();
  sprites.set(camera, sprite);
  sprite.src = camera.address;
  await sprite.decode();
}

export function drawCamera(
  figure: HTMLElement,
  camera: ViewerCamera,
  call: ViewerCall,
  view: ViewerView | null,
  index: number,
  choice: Choice,
): void {
  const [frame, heat, marks] = figure.querySelectorAll("canvas");
  if (frame === undefined || heat === undefined || marks === undefined) return;
  drawFrame(frame, camera, index);
  const grid = view?.grid ?? null;
  const size = grid ?? { columns: 1, rows: 1 };
  const map = choice.map;
  const scores = map === null ? null : (view?.scores[map] ?? null);
  const shown = grid !== null && map !== null && scores !== null;
  const kept =
    view === null || grid === null || !choice.mark || call.decision === "dense" ? null : bytesOf(view.kept);
  paint(heat, size, shown ? heatPixels(bytesOf(scores.bytes), map) : null);
  if (kept !== null && shown) outline(marks, size, kept);
  else paint(marks, size, kept === null ? null : dimPixels(kept));
  partOf(figure, ".picture").classList.toggle("grey", shown);
  partOf(figure, "figcaption span").textContent = captionOf(view, scores, map);
}

function drawFrame(canvas: HTMLCanvasElement, camera: ViewerCamera, index: number): void {
  const { width, height, columns } = camera;
  const sprite = sprites.get(camera);
  if (sprite === undefined) return;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const left = (index % columns) * width;
  const top = Math.floor(index / columns) * height;
  canvas.getContext("2d")?.drawImage(sprite, left, top, width, height, 0, 0, width, height);
}

function paint(
  canvas: HTMLCanvasElement,
  { columns, rows }: PatchGrid,
  pixels: Uint8ClampedArray<ArrayBuffer> | null,
): void {
  canvas.width = columns;
  canvas.height = rows;
  if (pixels !== null) canvas.getContext("2d")?.putImageData(new ImageData(pixels, columns, rows), 0, 0);
}

function outline(canvas: HTMLCanvasElement, grid: PatchGrid, kept: Uint8Array): void {
  canvas.width = grid.columns * CELL;
  canvas.height = grid.rows * CELL;
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.fillStyle = "#fff";
  for (const edge of keptEdges(kept, grid)) context.fillRect(...edge);
}

function captionOf(view: ViewerView | null, scores: ScoreBytes | null, map: ScoreName | null): string {
  if (view === null) return " · not seen by the policy";
  const kept = bytesOf(view.kept);
  const counts = ` · ${kept.reduce((sum, flag) => sum + flag, 0)} of ${kept.length} patches kept`;
  if (view.grid === null) return `${counts}, not a grid: no overlay`;
  if (map === null) return counts;
  if (scores === null) return `${counts} · no ${map} map at this call`;
  return `${counts} · largest ${scores.peak.toPrecision(3)}`;
}
