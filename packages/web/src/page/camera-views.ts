import type { Pictures, ScoreName, SeenPatches } from "../messages.ts";
import { element } from "./elements.ts";
import { dimPixels, heatPixels, opaquePixels } from "./overlays.ts";

/** What the visitor chose to see over the pictures. */
export type Overlay = "kept" | "none" | ScoreName;

const TITLES: Readonly<Record<string, string>> = {
  image: "Camera above the table",
  wrist_image: "Camera at the wrist",
  "your picture": "Your picture",
};

/** Both cameras, each a picture with an overlay of patches. */
export class CameraViews {
  readonly #place: HTMLElement;
  readonly #figures = new Map<string, HTMLElement>();
  #call: SeenPatches | null = null;
  #overlay: Overlay = "kept";

  constructor(place: HTMLElement) {
    this.#place = place;
  }

  /** Forgets what was shown. */
  clear(): void {
    this.#call = null;
    this.#figures.clear();
    this.#place.replaceChildren();
  }

  choose(overlay: Overlay): void {
    this.#overlay = overlay;
    this.#drawOverlays();
  }

  show(pictures: Pictures): void {
    for (const [name, picture] of Object.entries(pictures)) {
      const [canvas] = this.#canvases(name);
      if (canvas !== undefined) paint(canvas, picture.width, picture.height, opaquePixels(picture.data));
    }
  }

  showCall(call: SeenPatches): void {
    this.#call = call;
    this.show(call.pictures);
    this.#drawOverlays();
  }

  #canvases(name: string): HTMLCanvasElement[] {
    let figure = this.#figures.get(name);
    if (figure === undefined) {
      const canvases = [element("canvas"), element("canvas", { class: "overlay" })];
      const title = TITLES[name] ?? name;
      const caption = element(
        "figcaption",
        {},
        element("span", {}, title),
        element("span", { class: "numbers" }),
      );
      figure = element(
        "figure",
        {},
        element("div", { class: "picture", role: "img", "aria-label": title }, ...canvases),
        caption,
      );
      this.#figures.set(name, figure);
      this.#place.append(figure);
    }
    return [...figure.querySelectorAll("canvas")];
  }

  #drawOverlays(): void {
    const call = this.#call;
    if (call === null) return;
    for (const { name, start, count } of call.views) {
      const [, overlay] = this.#canvases(name);
      const side = Math.round(Math.sqrt(count));
      if (overlay === undefined) continue;
      const kept = keptOf(call.keep, start, count);
      const grid = side * side === count;
      paint(overlay, side, side, grid ? this.#pixels(call, kept, start, count) : null);
      const figure = this.#figures.get(name);
      figure?.classList.toggle("grey", this.#overlay !== "kept" && this.#overlay !== "none");
      const number = kept.filter(Boolean).length;
      const words = `${number} of ${count} kept${grid ? "" : ", on no square grid"}`;
      const [, text] = figure?.querySelectorAll("figcaption span") ?? [];
      if (text !== undefined) text.textContent = words;
      figure?.setAttribute("data-kept", String(number));
    }
  }

  #pixels(
    call: SeenPatches,
    kept: boolean[],
    start: number,
    count: number,
  ): Uint8ClampedArray<ArrayBuffer> | null {
    if (this.#overlay === "none") return null;
    if (this.#overlay === "kept") return call.decision === "dense" ? null : dimPixels(kept);
    const scores = call.scores[this.#overlay];
    return scores === null ? null : heatPixels(scores.subarray(start, start + count), this.#overlay);
  }
}

function keptOf(keep: Int32Array, start: number, count: number): boolean[] {
  const tokens = new Set(keep);
  return Array.from({ length: count }, (_, patch) => tokens.has(start + patch));
}

function paint(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  pixels: Uint8ClampedArray<ArrayBuffer> | null,
): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  if (pixels === null) context?.clearRect(0, 0, width, height);
  else context?.putImageData(new ImageData(pixels, width, height), 0, 0);
}
