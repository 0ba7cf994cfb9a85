/**
 * `node --import tsx --conditions=@vla-pruner/source packages/web/tools/picture.ts OUT [--width 1280] [--height 1130]
 * [--dark] [--tab episode|picture] [--built]`: the page in the middle of an episode, or after a call on a picture; WebP,
 * or PNG by OUT's ending. Without a height all of the page. `--built` takes the site as it was last built.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { launch } from "../browser-test/support/chromium.ts";
import { SITE } from "./places.ts";
import { buildSite } from "./build-site.ts";
import { filesOf } from "./content-hash.ts";
import { siteOptions } from "./site-options.ts";
import { serveFolders } from "./static-server.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    width: { type: "string", default: "1280" },
    height: { type: "string" },
    dark: { type: "boolean", default: false },
    tab: { type: "string", default: "episode" },
    built: { type: "boolean", default: false },
  },
});
const [out = "page.webp"] = positionals;
const stages = { episode: playAWhile, picture: askAboutAPicture };
const stage = Object.entries(stages).find(([name]) => name === values.tab)?.[1];
if (stage === undefined) throw new Error(`--tab: ${Object.keys(stages).join(" or ")}, not ${values.tab}`);

if (!values.built) await buildSite(siteOptions([]));
const host = await serveFolders({ folders: { "/": SITE } });
const browser = await launch();
try {
  const page = await browser.newPage({
    viewport: { width: Number(values.width), height: Number(values.height ?? 900) },
    colorScheme: values.dark ? "dark" : "light",
  });
  page.setDefaultTimeout(300_000);
  await page.goto(host.url);
  await page.waitForSelector("body[data-ready]");
  await stage(page);
  const png = await page.screenshot({ fullPage: values.height === undefined });
  await writeFile(out, out.endsWith(".png") ? png : await webp(page, png));
} finally {
  await browser.close();
  host.close();
}

/** Five calls: the forecast is there, the cube is in the hand. */
async function playAWhile(page: Page): Promise<void> {
  await page.locator("#controls").evaluate((form: HTMLFormElement) => form.requestSubmit());
  await page.waitForFunction(() => document.querySelectorAll("#chart .is-pruned").length >= 5);
}

/** The picture is the simulator's own first one. */
async function askAboutAPicture(page: Page): Promise<void> {
  const assets = join(SITE, "assets");
  const picture = filesOf(assets).find((name) => name.startsWith("first-image"));
  if (picture === undefined) throw new Error("the site has no first picture");
  await page.click("#tab-picture");
  await page.setInputFiles("#file", join(assets, picture));
  await page.click("#look-run:not([disabled])");
  await page.waitForSelector("#look-answer:not([hidden])");
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
