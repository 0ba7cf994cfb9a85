import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { MatrixReport } from "@vla-pruner/onnx/convert";
import type { Agreement } from "../src/verify/agreement.ts";
import { actOn, withoutTimings } from "./support/act.ts";
import { numericEpisode } from "./support/episode.ts";
import { makeFolder } from "./support/folder.ts";
import { inspectModel } from "./support/inspect.ts";
import { convertTiny, tinyModel } from "./support/model.ts";
import { fail } from "./support/run-cli.ts";

describe("quantised models on the command line", () => {
  let model: string;
  let report: { readonly quantized: readonly MatrixReport[]; readonly agreement: Agreement };
  before(async () => {
    const file = join(makeFolder(), "report.json");
    const options = ["--dtype", "q8,act=q8,act=q4", "--check", await numericEpisode(), "--report", file];
    model = await convertTiny({}, ...options);
    report = JSON.parse(await readFile(file, "utf8")) as typeof report;
  });

  it("--check compares with fp32 on an episode, dense and pruned, and leaves nothing of it behind", async () => {
    const { dense, pruned } = report.agreement;
    assert.equal(dense.steps, 5);
    assert.ok((dense.action?.mean ?? 1) < 0.1, JSON.stringify(dense));
    assert.equal(dense.kept?.mean, 1, "dense keeps everything");
    assert.ok((pruned.kept?.mean ?? 0) > 0.7, JSON.stringify(pruned));
    assert.deepEqual((await readdir(dirname(model))).toSorted(), ["checkpoint", "model"]);
  });

  it("--report tells what became of each matrix, by session and format", () => {
    const formats = new Set(report.quantized.map(({ session, format }) => `${session} ${format}`));
    assert.deepEqual([...formats], ["vision_encoder int8", "prefill_head int8", "act int8", "act int4"]);
    assert.ok(report.quantized.every(({ relativeError }) => relativeError > 0 && relativeError < 0.1));
  });

  it("inspect lists a session in all its dtypes, with as many numbers in each", async () => {
    const { dtype, sessions } = await inspectModel(model);
    const full = await inspectModel(await tinyModel());
    assert.equal(dtype, "q8");
    const files = sessions.map(({ file }) => file);
    for (const file of ["act_quantized", "act_q4"])
      assert.ok(files.includes(`onnx/${file}.onnx`), String(files));
    const expected = full.sessions.find(({ file }) => file.includes("act"))?.parameters ?? 0;
    for (const { parameters } of sessions.filter(({ file }) => file.includes("act")))
      assert.ok(Math.abs(parameters / expected - 1) < 0.01, `${parameters} for ${expected}`);
  });

  it("--dtype takes a session in another dtype that is there", async () => {
    const episode = await numericEpisode();
    const [own, chosen, same] = await Promise.all([
      actOn(model, episode),
      actOn(model, episode, "--dtype", "act=q4"),
      actOn(model, episode, "--dtype", "act=q8"),
    ]);
    assert.equal(withoutTimings(same), withoutTimings(own));
    assert.notEqual(withoutTimings(chosen), withoutTimings(own));
  });

  for (const [says, options] of [
    [/vision_encoder in a dtype that is there: q8, found q4/u, ["--dtype", "q4"]],
    [/vision_encoder, prefill_head, act, found head/u, ["--dtype", "head=q4"]],
    [/one a session/u, ["--dtype", "act=q4,act=q8"]],
  ] as const) {
    it(`refuses ${options.join(" ")}`, async () => {
      const error = await fail(
        "invalid-option",
        "act",
        model,
        "--episode",
        await numericEpisode(),
        ...options,
      );
      assert.match(error, says);
    });
  }

  it("refuses --check of a model that is fp32 itself", async () => {
    const checkpoint = join(dirname(model), "checkpoint");
    const out = join(makeFolder(), "model");
    const options = ["--out", out, "--check", await numericEpisode()];
    assert.match(await fail("invalid-option", "convert", checkpoint, ...options), /leave --check out/u);
  });
});
