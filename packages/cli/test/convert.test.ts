import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { act, actOn, withoutTimings } from "./support/act.ts";
import { CONFIG, writeCheckpoint } from "./support/checkpoint.ts";
import { numericEpisode } from "./support/episode.ts";
import { makeFolder } from "./support/folder.ts";
import { inspectModel } from "./support/inspect.ts";
import { convertTiny } from "./support/model.ts";
import { succeed } from "./support/run-cli.ts";

describe("convert", () => {
  it("prints the path of the model directory, and leaves nothing else behind", async () => {
    const folder = makeFolder();
    const checkpoint = await writeCheckpoint(join(folder, "checkpoint"));
    const out = join(folder, "new", "model");
    assert.equal(await succeed("convert", checkpoint, "--out", out), `${out}\n`);
    assert.deepEqual(await readdir(join(folder, "new")), ["model"]);
    assert.deepEqual((await readdir(out)).toSorted(), ["config.json", "onnx"]);
  });

  it("fills an empty directory, and keeps the checkpoint's config beside the block vla", async () => {
    const folder = makeFolder();
    const checkpoint = await writeCheckpoint(join(folder, "checkpoint"));
    const out = join(folder, "empty");
    await mkdir(out);
    await succeed("convert", checkpoint, "--out", out);
    const { vla, ...rest } = JSON.parse(await readFile(join(out, "config.json"), "utf8")) as Record<
      string,
      unknown
    >;
    assert.deepEqual(rest, CONFIG);
    assert.deepEqual(Object.keys((vla as { sessions: object }).sessions), [
      "vision_encoder",
      "prefill_head",
      "act",
    ]);
  });

  it("copies tokenizer and preprocessor files, and no weights", async () => {
    const folder = makeFolder();
    const checkpoint = await writeCheckpoint(join(folder, "checkpoint"));
    for (const name of ["tokenizer.json", "preprocessor_config.json", "README.md"])
      await writeFile(join(checkpoint, name), "{}");
    const out = join(folder, "model");
    await succeed("convert", checkpoint, "--out", out);
    assert.deepEqual((await readdir(out)).toSorted(), [
      "config.json",
      "onnx",
      "preprocessor_config.json",
      "tokenizer.json",
    ]);
  });

  it("reads three shards as it reads one file", async () => {
    const model = await convertTiny({ shards: 3 });
    assert.equal(withoutTimings(await actOn(model, await numericEpisode())), withoutTimings(await act()));
  });

  it("reads bfloat16 weights", async () => {
    const model = await convertTiny({ dtype: "BF16" });
    const [rounded, exact] = [await actOn(model, await numericEpisode()), await act()];
    const scores = exact[0]?.semantic[0] ?? [];
    for (const [index, value] of (rounded[0]?.semantic[0] ?? []).entries()) {
      assert.ok(
        Math.abs(value - (scores[index] ?? 0)) < 0.005,
        `token ${index}: ${value}, not ${scores[index]}`,
      );
    }
    assert.notDeepEqual(rounded[0]?.semantic, exact[0]?.semantic);
  });

  it("--dtype fp16 halves the weights and acts about the same", async () => {
    const model = await convertTiny({}, "--dtype", "fp16");
    assert.deepEqual(
      (await readdir(join(model, "onnx"))).filter((name) => !name.includes("_fp16")),
      [],
    );
    const [half, full] = [await inspectModel(model), await inspectModel(await convertTiny())];
    assert.equal(half.dtype, "fp16");
    const bytes = ({ sessions }: typeof half): number =>
      sessions.reduce((sum, session) => sum + session.bytes, 0);
    assert.ok(bytes(half) < 0.7 * bytes(full), `${bytes(half)} of ${bytes(full)}`);
    const [rounded, exact] = [await actOn(model, await numericEpisode()), await act()];
    const scores = exact[0]?.semantic[0] ?? [];
    for (const [index, value] of (rounded[0]?.semantic[0] ?? []).entries()) {
      assert.ok(
        Math.abs(value - (scores[index] ?? 0)) < 0.002,
        `token ${index}: ${value}, not ${scores[index]}`,
      );
    }
  });
});
