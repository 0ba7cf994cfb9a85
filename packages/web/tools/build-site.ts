import { copyFile, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import type { Catalogue, PolicyEntry, VlmEntry } from "../src/catalogue.ts";
import { addPolicy } from "./add-policy.ts";
import { addVlm } from "./add-vlm.ts";
import { bundle } from "./bundle.ts";
import { contentHash, filesOf } from "./content-hash.ts";
import { firstPictures } from "./first-pictures.ts";
import { PACKAGE, PHYSICS, RUNTIME, RUNTIME_NAME } from "./places.ts";

export interface SiteOptions {
  /** Folder to write; what is there is replaced. */
  readonly out: string;
  /** Checkpoints of the repository. */
  readonly policies: readonly string[];
  readonly dtype: string;
  /** Folders of stock vision-language models. */
  readonly vlms: readonly string[];
}

/** Writes the page as static files. All addresses in it are relative: it works below any path of any host. */
export async function buildSite({ out, policies, dtype, vlms }: SiteOptions): Promise<Catalogue> {
  await rm(out, { recursive: true, force: true });
  const assets = join(out, "assets");
  await mkdir(assets, { recursive: true });
  await mkdir(join(out, "models"));

  const entries: PolicyEntry[] = [];
  for (const name of policies) entries.push(await addPolicy(out, name, dtype));
  const served: VlmEntry[] = [];
  for (const folder of vlms) served.push(await addVlm(out, folder));
  const loader = await add(join(RUNTIME, `${RUNTIME_NAME}.mjs`), assets);
  const runtime = await add(join(RUNTIME, `${RUNTIME_NAME}.wasm`), assets);
  const physics = await add(PHYSICS, assets);
  const sized = async (path: string): Promise<{ path: string; bytes: number }> => ({
    path,
    bytes: (await stat(join(out, path))).size,
  });
  const catalogue: Catalogue = {
    policies: entries,
    vlms: served,
    binaries: { loader, runtime: await sized(runtime), physics: await sized(physics) },
  };
  await writePage(out, catalogue);
  return catalogue;
}

function source(path: string): string {
  return join(PACKAGE, "src", path);
}

async function writePage(out: string, catalogue: Catalogue): Promise<void> {
  const outdir = join(out, "assets");
  const addressOf = (path: string): string => relative(out, path).replaceAll("\\", "/");
  const worker = await bundle({ entry: source("worker/worker.ts"), outdir, hashed: true });
  const constants = { WORKER: addressOf(worker), CATALOGUE: catalogue };
  const script = await bundle({ entry: source("page/start.ts"), outdir, hashed: true, constants });
  const style = await bundle({ entry: source("page/page.css"), outdir, hashed: true });
  const html = await readFile(source("page/index.html"), "utf8");
  const { instruction, posters } = await firstPictures(join(out, "assets"));
  const page = html
    .replace("%STYLE%", addressOf(style))
    .replace("%SCRIPT%", addressOf(script))
    .replace("%INSTRUCTION%", instruction)
    .replace("%POSTERS%", posters);
  await writeFile(join(out, "index.html"), page);
  const shown = filesOf(outdir).filter((file) => file.endsWith(".png"));
  const small = [script, style, worker].map(addressOf).concat(shown.map((file) => `assets/${file}`));
  const files = ["./", ...small, catalogue.binaries.loader];
  const name = `vla-pruner-shell-${contentHash(outdir)}-${contentHash(join(out, "index.html"))}`;
  await bundle({
    entry: source("service-worker/service-worker.ts"),
    outdir: out,
    hashed: false,
    constants: { SHELL: { name, files } },
  });
  // Hosts that know Jekyll would leave files out.
  await writeFile(join(out, ".nojekyll"), "");
}

async function add(file: string, assets: string): Promise<string> {
  const [, stem = "", end = ""] = /^(.*)(\.\w+)$/u.exec(basename(file)) ?? [];
  const name = `${stem}-${contentHash(file)}${end}`;
  await copyFile(file, join(assets, name));
  return `assets/${name}`;
}

/** Bytes of all files of a site. */
export async function siteBytes(out: string): Promise<number> {
  const sizes = await Promise.all(filesOf(out).map(async (file) => (await stat(join(out, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
