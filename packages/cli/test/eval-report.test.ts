import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SweepInfo } from "@vla-pruner/eval";
import { record } from "../../eval/test/support/record.ts";
import { makeFolder } from "./support/folder.ts";
import { COMMAND, outcomeOf } from "./support/run-child.ts";
import { fail, succeed } from "./support/run-cli.ts";

/** Makes a process one whose library of pictures cannot be used, as on machines that its binaries do not fit. */
const WITHOUT_SHARP = dataUrl(`
  import { register } from "node:module";
  register(${JSON.stringify(
    dataUrl(`
      const broken = "export default () => { throw new Error('no sharp here'); }";
      export const resolve = (name, context, next) => name === "sharp"
        ? { url: "data:text/javascript," + encodeURIComponent(broken), shortCircuit: true }
        : next(name, context);
    `),
  )});
`);

const INFO: SweepInfo = {
  settings: { variants: {} },
  policies: { tiny: "aa" },
  machine: "A machine",
  commit: "abc",
  commands: ["vla-pruner eval"],
};

const RECORD = record({ policy: "tiny", suite: "goal", task: "goal/cube-in-bowl" });

describe("eval-report", () => {
  let folder: string;
  let out: string;

  beforeEach(async () => {
    folder = join(makeFolder(), "episodes");
    out = join(folder, "report");
    await mkdir(folder);
    await writeFile(join(folder, "sweep.json"), JSON.stringify(INFO));
    await writeFile(join(folder, "episodes.jsonl"), `${JSON.stringify(RECORD)}\n`);
  });

  it("draws charts as SVG and PNG", async () => {
    await succeed("eval-report", folder, "--out", out);
    assert.deepEqual(await filesIn(out), [
      "latency.png",
      "latency.svg",
      "report.json",
      "report.md",
      "success.png",
      "success.svg",
    ]);
  });

  it("loses nothing but the PNGs where they cannot be made", async () => {
    const words = ["--import", WITHOUT_SHARP, ...COMMAND, "eval-report", folder, "--out", out];
    const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
    const { code, stdout, stderr } = await outcomeOf(child);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /vla-pruner/u);
    assert.match(stderr, /^vla-pruner: no PNG [^\n]*no sharp here[^\n]*\n$/u);
    assert.deepEqual(await filesIn(out), ["latency.svg", "report.json", "report.md", "success.svg"]);
    assert.match(await readFile(join(out, "report.md"), "utf8"), /\]\(success\.svg\)/u);
  });

  it("joins folders and reports on the methods that are named", async () => {
    const second = join(folder, "second");
    const others = [
      { ...RECORD, pruner: "keep-all", retention: 1, warmup: null },
      { ...RECORD, retention: 0.125 },
      { ...RECORD, pruner: "random" },
    ];
    await mkdir(second);
    await writeFile(join(second, "sweep.json"), JSON.stringify(INFO));
    const lines = [RECORD, ...others].map((one) => `${JSON.stringify(one)}\n`);
    await writeFile(join(second, "episodes.jsonl"), lines.join(""));
    const rows = async (...words: string[]): Promise<string[]> => {
      const printed = await succeed("eval-report", folder, second, "--out", out, "--json", ...words);
      return printed
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { pruner: string; retention: number; episodes: number })
        .map(({ pruner, retention, episodes }) => `${pruner} ${retention}: ${episodes}`);
    };
    const all = ["keep-all 1: 1", "vla-pruner 0.25: 1", "vla-pruner 0.125: 1", "random 0.25: 1"];
    assert.deepEqual(await rows(), all);
    assert.deepEqual(await rows("--pruners", "random, vla-pruner", "--retention", "0.25"), [all[1], all[3]]);
    assert.deepEqual(await rows("--retention", "0.125"), [all[0], all[2]]);
    await fail("invalid-option", "eval-report", folder, "--out", out, "--pruners", "vla-prunner");
    await fail("invalid-option", "eval-report", folder, "--out", out, "--retention", "0.5");
  });

  it("refuses damaged folders, and a place that is taken", async () => {
    await fail("output-unwritable", "eval-report", folder, "--out", join(folder, "sweep.json"));
    await writeFile(join(folder, "episodes.jsonl"), '{"policy":"tiny"}\n');
    await fail("state-invalid", "eval-report", folder, "--out", out);
    await writeFile(join(folder, "sweep.json"), "{}");
    await fail("state-invalid", "eval-report", folder, "--out", out);
  });
});

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).toSorted();
}

function dataUrl(script: string): string {
  return `data:text/javascript,${encodeURIComponent(script)}`;
}
