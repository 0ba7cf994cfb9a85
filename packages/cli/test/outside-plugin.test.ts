import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseSteps } from "./support/act.ts";
import { writeEpisode } from "./support/episode.ts";
import { makeFolder } from "./support/folder.ts";
import { tinyModel } from "./support/model.ts";
import { TOY, userProject } from "./support/outside.ts";
import { writePicture } from "./support/pictures.ts";
import { startCli } from "./support/run-child.ts";
import { fail, succeed } from "./support/run-cli.ts";

const INSTRUCTION = "put it down";

describe("an architecture from outside", () => {
  const project = userProject();
  const run = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await startCli(words, project).done;
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, words.join(" "));
    return stdout;
  };
  const toy = ["--plugin", relative(project, TOY)];
  before(() => run("convert", "--synthetic", "toy", "--plugin", "robot-plugin", "--out", "model"));

  it("is converted by a package of the caller's project, and inspected", async () => {
    const report = JSON.parse(await run("inspect", "model", ...toy, "--json")) as Record<string, unknown>;
    assert.deepEqual([report["architecture"], report["plugin"]], ["toy-vla", toy[1]]);
    const without = await succeed("inspect", join(project, "model"));
    assert.match(without, /^toy-vla, fp32\n.*^served by: no plugin that is known; pass --plugin MODULE$/msu);
  });

  it("acts, with a pruner from outside, too, and with cameras under other names", async () => {
    const image = await writePicture(project, "top.png", 80, 80);
    const step = { instruction: INSTRUCTION, images: { top: image } };
    await writeEpisode(project, [step, { reset: true }, step]);
    const act = ["act", "model", "--episode", "episode.jsonl", ...toy, "--camera", "image=top", "--json"];
    const [dense] = parseSteps(await run(...act));
    assert.deepEqual([dense?.reason, dense?.kept[0]?.length, dense?.action.length], ["warm-up", 64, 4]);
    const pruner = ["--pruner", "./fovea.ts#fovea", "--retention", "0.5", "--seed", "7", "--window", "2"];
    const pruned = parseSteps(await run(...act, ...pruner));
    assert.deepEqual(JSON.parse(pruned[0]?.reason ?? ""), { retention: 0.5, seed: 7, window: 2 });
    assert.equal(pruned[1]?.kept[0]?.length, 32);
  });

  it("is measured", async () => {
    const bench = ["bench", "model", ...toy, "--pruner", "fovea.ts#named", "--retention", "0.5,0.25"];
    const cells = (await run(...bench, "--runs", "1", "--json")).trimEnd().split("\n");
    assert.deepEqual(
      cells.map((cell) => (JSON.parse(cell) as { kept: number }).kept),
      [32, 16],
    );
  });

  it("is evaluated in worker processes, with pruners under their own text", async () => {
    const cell = [
      "--suite",
      "goal",
      "--retention",
      "0.25",
      "--episodes",
      "1",
      "--horizon",
      "1",
      "--jobs",
      "1",
    ];
    const variant = ["--variant", 'near={"pruner":"fovea.ts#fovea","zoom":2}'];
    const words = ["eval", "--policy", "toy=model", ...toy, ...cell, ...variant, "--out", "sweep"];
    const swapped = ["--camera", "image=wrist_image", "--warmup", "semantic"];
    const stdout = await run(...words, "--pruners", "./fovea.ts#fovea,near", ...swapped, "--json");
    const pruners = stdout.trimEnd().split("\n");
    assert.deepEqual(
      pruners.map((line) => (JSON.parse(line) as { pruner: string }).pruner),
      ["./fovea.ts#fovea", "near"],
    );
    const { settings } = JSON.parse(await readFile(join(project, "sweep", "sweep.json"), "utf8")) as {
      settings: { cameras: unknown };
    };
    assert.deepEqual(settings.cameras, { image: "wrist_image" });
    assert.match(await readFile(join(project, "sweep", "report.md"), "utf8"), /\.\/fovea\.ts#fovea/u);
  });

  it("is refused without its plugin, and says how to name it", async () => {
    const episode = await writeEpisode(makeFolder(), [{ instruction: INSTRUCTION, images: {} }]);
    const line = await fail("unknown-architecture", "act", join(project, "model"), "--episode", episode);
    assert.match(line, /found toy-vla; .*--plugin MODULE/u);
    const other = ["--plugin", "@vla-pruner/plugin-pi0"];
    await fail("unknown-architecture", "bench", join(project, "model"), ...other);
    await fail("invalid-option", "convert", "--synthetic", "toy", "--out", join(project, "other"));
  });
});

describe("--plugin refuses", () => {
  const folder = makeFolder();
  const files: Readonly<Record<string, readonly [text: string, says: RegExp]>> = {
    "empty.ts": ["export {};", /to export plugin: .*found no exports/u],
    "other.ts": ["export const adapter = 1, recipe = 2;", /to export plugin: .*found adapter, recipe/u],
    "word.ts": [
      'export const plugin = "word";',
      /to export plugin: .*found plugin, which is something else/u,
    ],
    "half.ts": [
      "export const plugin = () => ({ architecture: 'x' });",
      /createAdapter.*found architecture;/u,
    ],
    "throwing.ts": ["export const plugin = () => { throw new Error('a\\nb'); };", /found Error: a b;/u],
    "broken.ts": ["export const = 1;", /a module that can be loaded: .*broken\.ts/u],
    "missing.ts": ["import 'not-installed-anywhere';", /not-installed-anywhere/u],
  };
  for (const [file, [text, says]] of Object.entries(files)) {
    it(`${file}: ${text.replaceAll("\n", " ")}`, async () => {
      const path = join(folder, file);
      await writeFile(path, text);
      assert.match(await fail("plugin-invalid", "inspect", await tinyModel(), "--plugin", path), says);
    });
  }

  it("a module without a recipe, where one is wanted", async () => {
    const path = join(folder, "word.ts");
    await writeFile(path, 'export const plugin = "word";');
    const out = join(folder, "model");
    const line = await fail(
      "plugin-invalid",
      "convert",
      "--synthetic",
      "toy",
      "--out",
      out,
      "--plugin",
      path,
    );
    assert.match(line, /to export recipe: a ModelRecipe, found plugin;/u);
  });

  it("a module that is not there", async () => {
    for (const name of ["./nowhere.ts", "no-such-package", "@scope/none", ""]) {
      const line = await fail("plugin-invalid", "bench", await tinyModel(), "--plugin", name);
      assert.match(line, /a module: a file, or a package that is installed in/u);
    }
  });
});
