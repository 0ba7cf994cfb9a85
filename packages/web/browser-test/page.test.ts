import assert from "node:assert/strict";
import { playToTheEnd, visit } from "./support/site.ts";
import type { Visit } from "./support/site.ts";

/** Sets the slider as a hand does. */
async function keep({ page }: Visit, percent: number): Promise<void> {
  await page.fill("#retention", String(percent));
}

/** Patches that the call on show kept. */
async function keptNow({ page }: Visit): Promise<number> {
  return Number.parseInt((await page.textContent("#kept")) ?? "", 10);
}

describe("the page", function () {
  this.timeout(300_000);
  let visitor: Visit;
  beforeEach(async () => {
    visitor = await visit();
  });
  afterEach(async () => visitor.close());

  it("isolates itself, solves an episode dense and with a quarter, then again without asking for a weight", async () => {
    const { page, asked } = visitor;
    assert.equal(await page.evaluate("crossOriginIsolated"), true);
    await page.uncheck("#compare");
    await keep(visitor, 100);
    assert.match(await playToTheEnd(visitor), /^Solved in \d+ control steps/u);
    assert.equal(await page.textContent("#decision"), "dense");
    await keep(visitor, 25);
    assert.match(await playToTheEnd(visitor), /^Solved in \d+ control steps/u);
    assert.equal(await page.textContent("#decision"), "pruned");
    assert.equal(await keptNow(visitor), 128);

    asked.length = 0;
    await page.reload();
    await visitor.until("body[data-ready]");
    await page.click("#play");
    await visitor.until('body[data-state="playing"]');
    assert.deepEqual(
      asked.filter((url) => /models|\.wasm/u.test(url)),
      [],
      "the second visit downloads nothing",
    );

    visitor.hangUp();
    await page.reload();
    await visitor.until("body[data-ready]");
    await page.uncheck("#compare");
    assert.match(await playToTheEnd(visitor), /^Solved/u, "without a network, too");
  });

  it("follows the slider while it plays, shows a dense call beside, and stops", async () => {
    const { page } = visitor;
    await keep(visitor, 25);
    await page.selectOption("#task", "long/cube-on-plate-pour-cup");
    await page.click("#play");
    await visitor.until('#kept:text-is("128 of 512")');
    assert.match((await page.textContent("#dense")) ?? "", /^\d+ ms$/u);
    await keep(visitor, 10);
    await visitor.until('#kept:text-is("52 of 512")');
    const shown = await page
      .locator("#cameras figure")
      .evaluateAll((figures) => figures.map((figure) => Number(figure.getAttribute("data-kept"))));
    assert.equal(shown.length, 2);
    assert.equal(
      shown.reduce((sum, count) => sum + count, 0),
      52,
    );
    await page.click("#stop");
    await visitor.until('body[data-state="ended"]');
    assert.equal(await page.textContent("#outcome"), "Stopped.");
  });

  it("tells a missing file in words, and plays once it is there", async () => {
    const { page } = visitor;
    visitor.refuse = (path) => path.includes("act_quantized.onnx_data");
    await page.uncheck("#compare");
    await assert.rejects(playToTheEnd(visitor), /act_quantized\.onnx_data.*no such file/u);
    visitor.refuse = null;
    assert.match(await playToTheEnd(visitor), /^Solved/u);
    assert.equal(await page.isVisible("#failure"), false);
  });

  it("tells a broken model in words, and downloads it again", async () => {
    const { page } = visitor;
    const repair = visitor.damage("prefill_head_quantized.onnx");
    try {
      await assert.rejects(playToTheEnd(visitor), /sessions in tiny-openvla-oft.* that can be loaded/u);
    } finally {
      repair();
    }
    await page.uncheck("#compare");
    assert.match(await playToTheEnd(visitor), /^Solved/u);
  });

  it("looks at a picture of the visitor's", async () => {
    const { page } = visitor;
    await page.click("#tab-picture");
    const png = await page.locator("#tab-picture").screenshot();
    await page.setInputFiles("#file", {
      name: "note.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("no picture"),
    });
    await page.waitForSelector("#look-failure:not([hidden])");
    assert.match((await page.textContent("#look-failure")) ?? "", /no picture/u);
    await page.setInputFiles("#file", { name: "own.png", mimeType: "image/png", buffer: png });
    await page.click("#look-run");
    await visitor.until("#look-answer:not([hidden])");
    assert.match((await page.textContent("#look-times")) ?? "", /with 128 of 512 patches/u);
  });
});
