import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { bundle } from "../../tools/bundle.ts";
import { PACKAGE, PHYSICS, RUNTIME } from "../../tools/places.ts";
import { serveFolders } from "../../tools/static-server.ts";
import type { Harness } from "../harness/harness.ts";
import { hideSubgroups, launch } from "./chromium.ts";
import { modelsOf } from "./models.ts";

/** A browser that holds the packages and nothing of the page. */
export interface Laboratory {
  readonly page: Page;
  /** Paths of the files that were asked for as a whole. */
  readonly whole: readonly string[];
  close(): Promise<void>;
}

let built: Promise<string> | undefined;
let browser: Promise<Browser> | undefined;

/** Opens a page of its own; with `isolated`, threads can be used. */
export async function openLaboratory(models: readonly string[], isolated: boolean): Promise<Laboratory> {
  built ??= buildHarness();
  browser ??= launch();
  const whole: string[] = [];
  const host = await serveFolders({
    folders: {
      "/": await built,
      "/models/": await modelsOf(...models),
      "/runtime/": RUNTIME,
      "/physics/": dirname(PHYSICS),
    },
    isolated,
    onRequest: ({ url = "", headers }) => void (headers.range === undefined && whole.push(url)),
  });
  const context = await (await browser).newContext();
  await context.addInitScript(hideSubgroups);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(host.url);
  await page.waitForFunction("globalThis.harness !== undefined");
  return {
    page,
    whole,
    async close() {
      await context.close();
      host.close();
    },
  };
}

/** Calls a function of the harness. */
export function call<Name extends keyof Harness>(
  { page }: Laboratory,
  name: Name,
  ...words: Parameters<Harness[Name]>
): Promise<Awaited<ReturnType<Harness[Name]>>> {
  return page.evaluate(
    ([method, given]) => {
      const { harness } = globalThis as unknown as {
        harness: Record<string, (...words: unknown[]) => Promise<unknown>>;
      };
      return harness[method]?.(...given);
    },
    [name, words] as [string, unknown[]],
  ) as Promise<Awaited<ReturnType<Harness[Name]>>>;
}

export async function closeLaboratories(): Promise<void> {
  await (await browser)?.close();
  if (built !== undefined) await rm(await built, { recursive: true, force: true });
}

async function buildHarness(): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), "vla-pruner-harness-"));
  await bundle({ entry: join(PACKAGE, "browser-test", "harness", "harness.ts"), outdir, hashed: false });
  const script = '<script type="module" src="harness.js"></script>';
  await writeFile(join(outdir, "index.html"), `<!doctype html><link rel="icon" href="data:," />${script}`);
  return outdir;
}
