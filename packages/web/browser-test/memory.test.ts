import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { call, openLaboratory } from "./support/laboratory.ts";
import type { Laboratory } from "./support/laboratory.ts";
import { observations } from "./support/observations.ts";

/** Each takes about a second on a slow machine; VLA_PRUNER_BROWSER_CALLS=300 for all of them. */
const CALLS = Number(process.env["VLA_PRUNER_BROWSER_CALLS"] ?? 40);
const MEGABYTE = 1e6;

/** Bytes of the page's process that are in memory, garbage collected. */
async function resident({ page }: Laboratory): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { processInfo } = await page
    .context()
    .browser()!
    .newBrowserCDPSession()
    .then((whole) => whole.send("SystemInfo.getProcessInfo"));
  const pages = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => Number(readFileSync(`/proc/${id}/statm`, "utf8").split(" ")[1]));
  return Math.max(...pages) * 4096;
}

describe("memory in a browser", function () {
  this.timeout(120_000 + CALLS * 10_000);
  it(`does not grow over ${CALLS} calls`, async function () {
    if (process.platform !== "linux") this.skip();
    const model = "random-openvla";
    const [packed] = await observations(1);
    assert.ok(packed !== undefined);
    const laboratory = await openLaboratory([model], false);
    try {
      await call(laboratory, "load", { model, device: "wasm", threads: 1, from: "remoteHost" });
      await call(laboratory, "repeat", packed, 10);
      const before = await resident(laboratory);
      await call(laboratory, "repeat", packed, CALLS);
      const grown = (await resident(laboratory)) - before;
      console.log(`      ${(grown / MEGABYTE).toFixed(1)} MB more after ${CALLS} calls`);
      assert.ok(grown < 12 * MEGABYTE + CALLS * 20_000, `${(grown / MEGABYTE).toFixed(1)} MB more`);
    } finally {
      await laboratory.close();
    }
  });
});
