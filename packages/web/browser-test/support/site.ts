import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IncomingMessage } from "node:http";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { buildSite } from "../../tools/build-site.ts";
import { siteOptions } from "../../tools/site-options.ts";
import { filesOf } from "../../tools/content-hash.ts";
import { serveFolders } from "../../tools/static-server.ts";
import { launch } from "./chromium.ts";
import { stockVlm } from "./vlm.ts";

/** A visitor before the built page. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Paths of all requests. */
  readonly asked: string[];
  /** Paths that the host refuses from now on. */
  refuse: ((path: string) => boolean) | null;
  /** Overwrites a file of the site with zeros; what is given back repairs it. */
  damage(end: string): () => void;
  /** Waits for what a selector finds; ends at once, with its words, where the page shows an error instead. */
  until(selector: string): Promise<void>;
  /** The host is gone. */
  hangUp(): void;
  close(): Promise<void>;
}

let built: Promise<string> | undefined;
let browser: Promise<Browser> | undefined;

/** The page as `web:build` writes it, below a path as on a project's site, without headers. */
export async function visit(): Promise<Visit> {
  built ??= build();
  browser ??= launch();
  const asked: string[] = [];
  const site = await built;
  const host = await serveFolders({
    folders: { "/some/path/": site },
    onRequest: ({ url = "" }: IncomingMessage) => {
      asked.push(url);
      return visitor.refuse?.(url) !== true;
    },
  });
  const context = await (await browser).newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  const broken = new Promise<never>((_, reject) => {
    page.on("pageerror", reject);
    page.on("crash", () => reject(new Error("the page crashed")));
  });
  broken.catch(() => undefined);
  const visitor: Visit = {
    page,
    context,
    asked,
    refuse: null,
    damage(end) {
      const file = filesOf(site).find((name) => name.endsWith(end));
      if (file === undefined) throw new Error(`the site has no ${end}`);
      const whole = readFileSync(join(site, file));
      writeFileSync(join(site, file), Buffer.alloc(whole.length));
      return () => writeFileSync(join(site, file), whole);
    },
    async until(selector) {
      const failure = page.locator('[role="alert"]:visible');
      await Promise.race([page.locator(selector).or(failure).first().waitFor({ state: "attached" }), broken]);
      if ((await failure.count()) > 0) throw new Error((await failure.first().textContent()) ?? "");
    },
    hangUp: () => host.close(),
    async close() {
      await context.close();
      host.close();
    },
  };
  await page.goto(`${host.url}some/path/`);
  await visitor.until("body[data-ready]");
  return visitor;
}

/** Presses play and waits until the episode is over. @throws what the page tells instead */
export async function playToTheEnd(visitor: Visit): Promise<string> {
  await visitor.page.click("#play");
  await visitor.until('body[data-state="ended"]');
  return (await visitor.page.textContent("#outcome")) ?? "";
}

export async function closeSites(): Promise<void> {
  await (await browser)?.close();
  if (built === undefined) return;
  await rm(await built, { recursive: true, force: true });
  stockVlm().remove();
}

async function build(): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), "vla-pruner-site-"));
  await buildSite(siteOptions(["--out", out, "--vlm", stockVlm().folder]));
  return out;
}
