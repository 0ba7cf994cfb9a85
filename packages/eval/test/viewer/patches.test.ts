import assert from "node:assert/strict";
import type { StepResult } from "@vla-pruner/core";
import { episodeReport, traceRecorder } from "../../src/index.ts";
import { bytesOf, dimPixels, heatPixels, keptEdges } from "../../src/viewer/browser/overlays.ts";
import { madeUpCall, madeUpResult as result, SIDE } from "../support/made-up-call.ts";
import { madeUpFrame, OUTCOME } from "../support/made-up-episode.ts";
import { dataOf, spritePixel } from "../support/report-parts.ts";
import type { ReportView } from "../support/report-parts.ts";

function report(step: StepResult): string {
  const recorder = traceRecorder();
  recorder.onCall({ ...madeUpCall(), result: step });
  return episodeReport([recorder.trace("pruned", OUTCOME)], { model: "tiny" });
}

function viewOf(html: string, camera: number): ReportView | null {
  return dataOf(html)[0]?.calls[0]?.views[camera] ?? null;
}

/** Alpha of the overlay's pixels, which the page lays over the picture as 16 × 16. */
function alphas(pixels: Uint8ClampedArray): number[] {
  return [...pixels].filter((_, index) => index % 4 === 3);
}

describe("patches of a report", () => {
  it("dims all but the kept patches, each camera its own", () => {
    const html = report(result());
    const [image, wrist] = [viewOf(html, 0), viewOf(html, 1)];
    assert.ok(alphas(dimPixels(bytesOf(image?.kept ?? ""))).every((alpha) => alpha > 0));
    const bright = alphas(dimPixels(bytesOf(wrist?.kept ?? ""))).flatMap((alpha, pixel) =>
      alpha === 0 ? [pixel] : [],
    );
    assert.deepEqual(bright, [2 * SIDE + 4, 255]);
    assert.deepEqual(wrist?.grid, { columns: SIDE, rows: SIDE });
  });

  it("colours patches by the root of their share of the largest score", () => {
    const view = viewOf(report(result()), 1);
    assert.equal(view?.scores.semantic?.peak, 0.5);
    const heat = alphas(heatPixels(bytesOf(view.scores.semantic.bytes), "semantic"));
    assert.equal(heat[2 * SIDE + 4], Math.round(255 * 0.88));
    assert.equal(heat[1], Math.round(128 * 0.88));
    assert.equal(heat.filter((alpha) => alpha > 0).length, 3);
  });

  it("draws the outline around kept patches, once around neighbours", () => {
    const edges = keptEdges(Uint8Array.of(0, 1, 0, 1, 1, 0), { columns: 3, rows: 2 });
    assert.equal(edges.length, 8);
    const [lefts, tops] = [edges.map(([left]) => left), edges.map(([, top]) => top)];
    assert.deepEqual([Math.min(...lefts), Math.max(...lefts)], [0, 27]);
    assert.deepEqual([Math.min(...tops), Math.max(...tops)], [0, 27]);
  });

  it("keeps every pixel of every frame, over several rows of the sprite", () => {
    const recorder = traceRecorder();
    for (let call = 0; call < 40; call += 1) {
      const images = { image: madeUpFrame(call, 90) };
      recorder.onCall({ step: call, images, result: result(), objectKept: null, overlap: null });
    }
    const [episode] = dataOf(episodeReport([recorder.trace("pruned", OUTCOME)], { model: "tiny" }));
    const camera = episode?.cameras[0];
    assert.ok(camera !== undefined && camera.columns < 40);
    for (const [call, x, y] of [
      [0, 20, 50],
      [38, 57, 69],
      [38, 58, 69],
      [39, 111, 111],
    ] as const) {
      const at = (y * 112 + x) * 3;
      const expected = [...madeUpFrame(call, 90).data.subarray(at, at + 3)];
      assert.deepEqual(spritePixel(camera, call, x, y), expected, `call ${call}, ${x}, ${y}`);
    }
  });
});

describe("what a policy does not report", () => {
  it("a map that is never there cannot be chosen", () => {
    const html = report(result({ semantic: {} }));
    assert.match(html, /data-map="semantic"[^>]* disabled/u);
    assert.match(html, /data-map="forecast"[^>]* disabled/u);
    assert.doesNotMatch(html, /data-map="action"[^>]* disabled/u);
    assert.equal(viewOf(html, 1)?.scores.semantic, null);
  });

  it("a camera without tokens has no overlay; one under another name has", () => {
    const views = [{ name: "base_0_rgb", start: 0, count: 256 }];
    const html = report(result({ views, keep: Int32Array.of(3), actionAttention: new Float32Array(256) }));
    assert.equal(viewOf(html, 1), null);
    assert.equal(Buffer.from(viewOf(html, 0)?.kept ?? "", "base64").indexOf(1), 3);
  });

  it("tokens that form no square have no grid", () => {
    const views = [{ name: "image", start: 0, count: 250 }];
    assert.equal(viewOf(report(result({ views, keep: Int32Array.of(3) })), 0)?.grid, null);
  });

  it("a map of zeros stays without colour", () => {
    const view = viewOf(report(result({ actionAttention: new Float32Array(512) })), 0);
    assert.equal(view?.scores.action?.peak, 0);
    assert.ok(alphas(heatPixels(bytesOf(view.scores.action.bytes), "action")).every((alpha) => alpha === 0));
  });
});
