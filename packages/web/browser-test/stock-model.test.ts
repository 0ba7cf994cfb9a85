import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { visit } from "./support/site.ts";
import type { Visit } from "./support/site.ts";
import { colours, stockVlm } from "./support/vlm.ts";
import type { StockAnswers } from "./support/vlm.ts";

const QUESTION = "what is on the table?";
/** As many tokens as the page waits for. */
const LONGEST = 48;

/** Patches that are drawn bright. */
function shownAsKept({ page }: Visit): Promise<number[]> {
  return page.locator("#look-cameras canvas.overlay").evaluate((canvas: HTMLCanvasElement) => {
    const { width, height } = canvas;
    const pixels = canvas.getContext("2d")?.getImageData(0, 0, width, height).data ?? [];
    const patches = Array.from({ length: width * height }, (_, patch) => patch);
    return patches.filter((patch) => pixels[4 * patch + 3] === 0);
  });
}

describe("a stock vision-language model in the page", function () {
  this.timeout(300_000);
  const picture = colours();
  let visitor: Visit;
  let expected: StockAnswers;
  before(async () => {
    expected = await stockVlm().answers(picture.pixels, QUESTION, LONGEST);
    assert.notEqual(expected.pruned, expected.dense);
  });
  beforeEach(async () => {
    visitor = await visit();
    const { page } = visitor;
    await page.click("#tab-picture");
    await page.setInputFiles("#file", { name: "own.png", mimeType: "image/png", buffer: picture.png });
  });
  afterEach(async () => visitor.close());

  /** Asks, and compares with Node's answers. */
  async function askAndCompare(): Promise<void> {
    const { page } = visitor;
    await page.fill("#look-instruction", QUESTION);
    await page.selectOption("#look-pruner", "fastv");
    await page.click("#look-run");
    await visitor.until("#look-answer:not([hidden])");
    assert.equal((await page.textContent("#look-dense"))?.trim(), expected.dense);
    assert.equal((await page.textContent("#look-pruned"))?.trim(), expected.pruned);
    assert.match((await page.textContent("#look-times")) ?? "", /ms dense, \d+ ms with 4 of 16 patches/u);
    assert.deepEqual(await shownAsKept(visitor), expected.keep);
  }

  it("of the page's own host answers as in Node, dense and with a quarter", async () => {
    await visitor.page.selectOption("#look-model", { label: "smolvlm" });
    await askAndCompare();
  });

  it("comes from the Hub by its id, and an id that is not there is told in words", async () => {
    const { page, context } = visitor;
    await context.route("https://huggingface.co/**", (route) => {
      const [, path = ""] = /\/somebody\/smolvlm\/resolve\/main\/(.*)$/u.exec(route.request().url()) ?? [];
      const file = join(stockVlm().folder, path);
      const headers = { "access-control-allow-origin": "*" };
      return path !== "" && existsSync(file)
        ? route.fulfill({ path: file, headers })
        : route.fulfill({ status: 404, headers });
    });
    await page.selectOption("#look-model", { label: "Another, by its id on the Hub" });
    await page.selectOption("#look-dtype", "fp32");
    await page.fill("#look-id", "somebody/nothing");
    await page.click("#look-run");
    await page.waitForSelector("#look-failure:not([hidden])");
    assert.match((await page.textContent("#look-failure")) ?? "", /somebody\/nothing/u);
    await page.fill("#look-id", "somebody/smolvlm");
    await askAndCompare();
  });
});
