/**
 * `node --import tsx --conditions=@vla-pruner/source packages/web/tools/picture.ts OUT.webp [--dark]`: the page in the
 * middle of an episode, as the README shows it.
 */
import { writeFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { launch } from "../browser-test/support/chromium.ts";
import { SITE } from "./places.ts";
import { buildSite } from "./build-site.ts";
import { siteOptions } from "./site-options.ts";
import { serveFolders } from "./static-server.ts";

const [out = "page.webp", scheme] = process.argv.slice(2);
/** Calls before the picture is taken: the forecast is there, the cube is in the hand. */
const CALLS = 5;

await buildSite(siteOptions([]));
const host = await serveFolders({ folders: { "/": SITE } });
const browser = await launch();
try {
  const colorScheme = scheme === "--dark" ? "dark" : "light";
  const page = await browser.newPage({ viewport: { width: 1280, height: 1130 }, colorScheme });
  page.setDefaultTimeout(300_000);
  await page.goto(host.url);
  await page.waitForSelector("body[data-ready]");
  await page.locator("#controls").evaluate((form: HTMLFormElement) => form.requestSubmit());
  await page.waitForFunction(
    (calls) => document.querySelectorAll("#chart .is-pruned").length >= calls,
    CALLS,
  );
  await writeFile(out, await webp(page, await page.screenshot()));
} finally {
  await browser.close();
  host.close();
}

/** The browser writes WebP; its screenshots are PNG. */
async function webp(page: Page, png: Buffer): Promise<Buffer> {
  const base64 = await page.evaluate(
    async (address) => {
      const bitmap = await createImageBitmap(await (await fetch(address)).blob());
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
      const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.82 });
      return btoa(
        Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(""),
      );
    },
    `data:image/png;base64,${png.toString("base64")}`,
  );
  return Buffer.from(base64, "base64");
}
