import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VlaPrunerError } from "@vla-pruner/format";
import { PNG } from "pngjs";
import { evaluationReport, writeReport } from "../../src/index.ts";
import type { EpisodeRecord, SweepInfo } from "../../src/index.ts";
import { record } from "../support/record.ts";

const INFO: SweepInfo = {
  settings: { variants: {} },
  policies: { fake: "aa" },
  machine: "A machine",
  commit: "abc",
  commands: ["vla-pruner eval"],
};

/** Four episodes in two suites, dense and pruned; which are solved is given as 0 and 1. */
function episodes(pruner: string, solved: string): EpisodeRecord[] {
  return solved.split("").map((digit, index) =>
    record({
      pruner,
      ...(pruner === "keep-all" && { retention: 1, warmup: null, denseCalls: 10 }),
      suite: index < 2 ? "spatial" : "object",
      task: index < 2 ? "spatial/fake" : "object/fake",
      seed: index,
      success: digit === "1",
      steps: 10 * (index + 1),
    }),
  );
}

const RECORDS = [
  ...episodes("fastv", "1000"),
  ...episodes("vla-pruner", "1010"),
  ...episodes("keep-all", "1110"),
];

const FILES = ["latency.svg", "report.json", "report.md", "success.svg"];
const pageIn = (folder: string): string => readFileSync(join(folder, "report.md"), "utf8");

describe("the report of an evaluation", () => {
  const report = evaluationReport(INFO, RECORDS);
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "vla-pruner-report-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const cell = (pruner: string, suite: string) =>
    [...report.cells, ...report.totals].find((one) => one.pruner === pruner && one.suite === suite);

  it("counts success by cell and over all suites, relative to the dense model", () => {
    assert.deepEqual(
      report.totals.map(({ pruner, success }) => [pruner, success]),
      [
        ["keep-all", 0.75],
        ["vla-pruner", 0.5],
        ["fastv", 0.25],
      ],
    );
    assert.equal(cell("vla-pruner", "spatial")?.success, 0.5);
    assert.equal(cell("vla-pruner", "spatial")?.relative, 0.5);
    assert.equal(cell("vla-pruner", "all")?.relative, 2 / 3);
  });

  it("measures the relative success on the episodes that both played", () => {
    const partial = evaluationReport(INFO, [
      ...episodes("vla-pruner", "1111"),
      ...episodes("keep-all", "10"),
    ]);
    assert.equal(partial.totals.find(({ pruner }) => pruner === "vla-pruner")?.relative, 2);
    const alone = evaluationReport(INFO, episodes("vla-pruner", "1111"));
    assert.equal(alone.totals[0]?.relative, null);
  });

  it("does not take tasks of one name in two suites for the same", () => {
    const both = evaluationReport(INFO, [
      record({ pruner: "keep-all", retention: 1, warmup: null, suite: "one", success: true }),
      record({ pruner: "keep-all", retention: 1, warmup: null, suite: "two", success: false }),
      record({ suite: "one", success: true }),
      record({ suite: "two", success: true }),
    ]);
    const mine = [...both.cells, ...both.totals].filter(({ pruner }) => pruner === "vla-pruner");
    assert.deepEqual(
      mine.map(({ suite, relative }) => [suite, relative]),
      [
        ["one", 1],
        ["two", null],
        ["all", 2],
      ],
    );
    assert.equal(both.comparisons[0]?.onlyFirst, 1);
  });

  it("weighs drafts by their tokens, and says nothing where there were none", () => {
    const drafts = { calls: 4, verified: 3, accepted: 6, of: 24 };
    const { cells } = evaluationReport(INFO, [
      record({ drafts }),
      record({ seed: 2, drafts: { calls: 12, verified: 5, accepted: 2, of: 8 } }),
      record({ suite: "goal" }),
    ]);
    const found = Object.fromEntries(cells.map((one) => [one.suite, one.drafts]));
    assert.deepEqual(found, { goal: undefined, spatial: { acceptance: 0.25, verified: 0.5 } });
  });

  it("averages the steps of solved episodes only, and weighs costs by calls", () => {
    assert.equal(cell("vla-pruner", "all")?.steps, 20);
    assert.equal(cell("vla-pruner", "all")?.flops.prefillRatio, 0.4);
    assert.equal(cell("keep-all", "all")?.denseShare, 1);
    assert.equal(cell("vla-pruner", "all")?.overlap, null);
  });

  const counts = ({ second, onlyFirst, onlySecond, pairs }: (typeof report.pooled)[number]) => [
    second,
    onlyFirst,
    onlySecond,
    pairs,
  ];

  it("compares VLA-Pruner with every other method, pair by pair", () => {
    const compared = report.comparisons.map((one) => counts({ ...one, cells: 1 }));
    assert.deepEqual(compared, [
      ["keep-all", 0, 1, 4],
      ["fastv", 1, 0, 4],
    ]);
    assert.deepEqual(report.pooled, [], "there is nothing to pool");
  });

  it("pools the comparisons of all policies, at each retention and over all, each with its own dense model", async () => {
    const lower = [...episodes("vla-pruner", "0011"), ...episodes("fastv", "1")].map((one) => ({
      ...one,
      retention: 0.125,
    }));
    const second = [...episodes("keep-all", "0000"), ...episodes("vla-pruner", "1000")].map((one) => ({
      ...one,
      policy: "second",
    }));
    const several = evaluationReport(INFO, [...RECORDS, ...lower, ...second]);
    assert.deepEqual(several.pooled.map(counts), [
      ["keep-all", 0 + 1, 1 + 0, 8],
      ["keep-all", 0 + 1 + 1, 1 + 2 + 0, 12],
      ["fastv", 1 + 0, 0 + 1, 5],
    ]);
    assert.deepEqual(
      several.pooled.map(({ retention, cells }) => [retention, cells]),
      [
        [0.25, 2],
        [null, 3],
        [null, 2],
      ],
    );
    await writeReport(folder, several, { title: "A title" });
    assert.ok(pageIn(folder).includes("| vla-pruner | fastv | all | semantic | 2 | +0.0 ("));
  });

  it("is written as JSON, a page and charts that can be opened", async () => {
    await writeReport(folder, report, { title: "A title" });
    const page = pageIn(folder);
    for (const words of [
      "# A title",
      "| vla-pruner | 25 % | semantic | 50.0 | 50.0 | **50.0** |",
      "A machine",
      "abc",
    ])
      assert.ok(page.includes(words), words);
    assert.deepEqual(
      JSON.parse(readFileSync(join(folder, "report.json"), "utf8")),
      JSON.parse(JSON.stringify(report)),
    );
    for (const name of readdirSync(folder).filter((file) => file.endsWith(".png"))) {
      const { width, data } = PNG.sync.read(readFileSync(join(folder, name)));
      assert.ok(width > 500 && new Set(data).size > 10, name);
      assert.ok(page.includes(`(${name})`), name);
    }
  });

  it("shows the SVGs where no PNG can be made, and says why", async () => {
    const problems: string[] = [];
    const rasterise = async (): Promise<never> => {
      assert.match(pageIn(folder), /\(success\.svg\)/u, "everything else is written before");
      assert.deepEqual(readdirSync(folder).toSorted(), FILES);
      throw new VlaPrunerError("image-invalid", { expected: "a", found: "no sharp", fix: "b" });
    };
    const onProblem = (message: string): void => void problems.push(message);
    await writeReport(folder, report, { title: "A title", onProblem, rasterise });
    assert.deepEqual(readdirSync(folder).toSorted(), FILES);
    assert.deepEqual(pageIn(folder).match(/[\w-]+\.(svg|png)/gu), ["success.svg", "latency.svg"]);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", /no sharp/u);
  });
});
