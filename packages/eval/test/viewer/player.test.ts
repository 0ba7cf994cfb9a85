import assert from "node:assert/strict";
import { episodeReport } from "../../src/index.ts";
import type { FakeElement } from "../support/fake-element.ts";
import type { FakePage } from "../support/fake-page.ts";
import { openReport } from "../support/fake-page.ts";
import { madeUpEpisode } from "../support/made-up-episode.ts";

/** The three layers of a camera: frame, heat map, marks. */
function layersOf({ episodes }: FakePage, episode: number, camera: number): readonly FakeElement[] {
  return episodes[episode]?.querySelectorAll("figure")[camera]?.querySelectorAll("canvas") ?? [];
}

describe("player of a report", () => {
  let html = "";
  let page: FakePage;
  before(async () => {
    html = episodeReport([await madeUpEpisode(3, 1), await madeUpEpisode(40, 0.25)], { model: "tiny" });
  });
  beforeEach(async () => {
    page = await openReport(html);
  });
  const callOf = (episode: number): string =>
    page.episodes[episode]?.querySelector(".call")?.textContent ?? "";

  it("shows the first call as soon as the pictures are there", () => {
    assert.equal(page.position.textContent, "call 1 of 40");
    assert.match(callOf(0), /^step 0 · dense \(keep-all\) · 512 of 512 tokens · /u);
    assert.match(callOf(1), /^step 0 · dense \(warm-up\) · 512 of 512 tokens · /u);
  });

  it("cuts the frame of the call out of the sprite", () => {
    page.press("End");
    const [kind, , ...place] = layersOf(page, 1, 1)[0]?.drawn.at(-1) ?? [];
    assert.equal(kind, "frame");
    assert.deepEqual(place, [3 * 112, 112, 112, 112, 0, 0, 112, 112]);
  });

  it("moves by slider and keys, and stops at both ends", () => {
    page.slider.value = "7";
    page.slider.fire("input");
    assert.match(callOf(1), /^step 28 · pruned \(combined\) · 128 of 512 tokens/u);
    page.press("ArrowLeft");
    assert.match(callOf(1), /^step 24 /u);
    page.press("Home");
    page.press("ArrowLeft");
    assert.equal(page.position.textContent, "call 1 of 40");
    page.press("End");
    page.press("ArrowRight");
    assert.equal(page.slider.getAttribute("aria-valuetext"), "call 40 of 40");
  });

  it("holds the last call of an episode that is over while the other goes on", () => {
    page.press("End");
    assert.match(callOf(0), /^episode over; last call at step 8 /u);
    assert.ok(page.episodes[0]?.classes.has("over"));
    assert.ok(!page.episodes[1]?.classes.has("over"));
  });

  it("plays to the end and begins again from there", () => {
    page.slider.value = "38";
    page.press(" ");
    assert.equal(page.play.textContent, "Pause");
    page.tick();
    assert.equal(page.position.textContent, "call 40 of 40");
    page.tick();
    assert.equal(page.play.textContent, "Play");
    page.play.fire("click");
    assert.equal(page.position.textContent, "call 1 of 40");
  });

  it("dims dropped patches, outlines kept ones under a heat map, marks none where not asked", () => {
    page.press("End");
    const [, heat, marks] = layersOf(page, 1, 0);
    assert.equal(marks?.drawn.at(-1)?.[0], "pixels");
    assert.equal(marks.width, 16);
    page.map.fire("click");
    assert.equal(heat?.drawn.at(-1)?.[0], "pixels");
    assert.equal(marks.drawn.at(-1)?.[0], "edge");
    const drawn = marks.drawn.length;
    page.mark.checked = false;
    page.mark.fire("change");
    assert.equal(marks.drawn.length, drawn);
  });

  it("says so where a call has no such map", () => {
    page.map.dataset["map"] = "forecast";
    page.map.fire("click");
    const caption = page.episodes[1]?.querySelectorAll("figure")[0]?.querySelector("figcaption span");
    assert.equal(caption?.textContent, " · 256 of 256 patches kept · no forecast map at this call");
  });
});
