import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ErrorCode } from "@vla-pruner/format";
import { parseSteps } from "./support/act.ts";
import { IDS, numericLines, PIXELS, writeEpisode, writePixels } from "./support/episode.ts";
import { makeFolder } from "./support/folder.ts";
import { tinyModel } from "./support/model.ts";
import { checkFailure, fail, runCli } from "./support/run-cli.ts";

const PIXEL_LINE = { pixel_values: "step0.bin", input_ids: IDS };

/** Second lines of an episode whose first is well-formed, found before any step runs. */
const MALFORMED: readonly (readonly [string, unknown, RegExp])[] = [
  ["a line that is not JSON", "{pixel_values}", /JSON object/u],
  ["a line cut short", '{"pixel_values": "step0.b', /JSON object/u],
  ["an array", "[1, 2]", /\[1, 2\]/u],
  ["null", "null", /null/u],
  ["a number", "7", /found 7/u],
  ["ids that are no array", { ...PIXEL_LINE, input_ids: "1 2 3" }, /"input_ids": an array of numbers/u],
  ["ids that are words", { ...PIXEL_LINE, input_ids: [1, "2"] }, /"input_ids"/u],
  ["an instruction that is no text", { ...PIXEL_LINE, instruction: 5 }, /"instruction": a string/u],
  ["images that are a list", { images: ["a.png"], input_ids: IDS }, /"images"/u],
  ["images that are no paths", { images: { image: 1 }, input_ids: IDS }, /"images"/u],
  ["pixel values in the line", { ...PIXEL_LINE, pixel_values: [0.5] }, /"pixel_values": a path/u],
  ["a state of words", { ...PIXEL_LINE, state: ["up"] }, /"state"/u],
  ["an unknown key", { ...PIXEL_LINE, imageMasks: [true] }, /image_masks.*, found "imageMasks"/u],
  ["an observation beside a reset", { reset: true, ...PIXEL_LINE }, /alone.*, found "pixel_values"/u],
  ["an unknown key beside a reset", { reset: true, note: "next" }, /alone.*, found "note"/u],
  ["reset false", { reset: false }, /"reset": true, found false/u],
];

/** Second lines that are well-formed, but cannot be run: the first step stands. */
const WRONG: readonly (readonly [string, ErrorCode, unknown, RegExp])[] = [
  ["neither instruction nor ids", "observation-invalid", { pixel_values: "step0.bin" }, /instruction/u],
  [
    "an empty instruction",
    "observation-invalid",
    { pixel_values: "step0.bin", instruction: "  " },
    /instruction/u,
  ],
  ["neither picture nor pixels", "observation-invalid", { input_ids: IDS }, /pixelValues/u],
  ["no camera in images", "observation-invalid", { images: {}, input_ids: IDS }, /picture/u],
  [
    "an id beyond the vocabulary",
    "observation-invalid",
    { ...PIXEL_LINE, input_ids: [1, 1064] },
    /0 to 1063, found 1064/u,
  ],
  ["a negative id", "observation-invalid", { ...PIXEL_LINE, input_ids: [1, -1] }, /found -1/u],
  ["a fractional id", "observation-invalid", { ...PIXEL_LINE, input_ids: [1, 2.5] }, /found 2\.5/u],
  ["no ids", "observation-invalid", { ...PIXEL_LINE, input_ids: [] }, /at least/u],
  [
    "more ids than positions",
    "observation-invalid",
    { ...PIXEL_LINE, input_ids: Array.from({ length: 2048 }, () => 1) },
    /at most/u,
  ],
  [
    "a picture that is not there",
    "image-invalid",
    { images: { image: "none.png" }, input_ids: IDS },
    /none\.png/u,
  ],
  [
    "a picture that is no picture",
    "image-invalid",
    { images: { image: "text.png" }, input_ids: IDS },
    /text\.png/u,
  ],
  [
    "an empty picture file",
    "image-invalid",
    { images: { image: "empty.png" }, input_ids: IDS },
    /empty\.png/u,
  ],
  [
    "pixels that are not there",
    "episode-file-invalid",
    { ...PIXEL_LINE, pixel_values: "none.bin" },
    /none\.bin/u,
  ],
  ["pixels with NaN", "observation-invalid", { ...PIXEL_LINE, pixel_values: "nan.bin" }, /NaN at 10/u],
  [
    "too few pixels",
    "observation-invalid",
    { ...PIXEL_LINE, pixel_values: "short.bin" },
    /18816 values, found .* 100 values/u,
  ],
  ["no pixels at all", "observation-invalid", { ...PIXEL_LINE, pixel_values: "empty.png" }, /0 values/u],
  [
    "pixels cut inside a number",
    "episode-file-invalid",
    { ...PIXEL_LINE, pixel_values: "odd.bin" },
    /7 bytes/u,
  ],
  ["a directory for pixels", "episode-file-invalid", { ...PIXEL_LINE, pixel_values: "." }, /EISDIR/u],
];

describe("act refuses episode files", () => {
  let folder: string;
  let model: string;
  let first: unknown;
  before(async () => {
    folder = makeFolder();
    model = await tinyModel();
    [first] = await numericLines(folder, 1);
    await writeFile(join(folder, "text.png"), "not a picture");
    await writeFile(join(folder, "empty.png"), "");
    await writePixels(folder, "nan.bin", new Float32Array(PIXELS).fill(Number.NaN, 10, 11));
    await writePixels(folder, "short.bin", new Float32Array(100));
    await writeFile(join(folder, "odd.bin"), "1234567");
  });

  for (const [name, line, says] of MALFORMED) {
    it(`${name}, before the first step`, async () => {
      const episode = await writeEpisode(folder, [first, line]);
      const message = await fail("episode-file-invalid", "act", model, "--episode", episode, "--json");
      assert.match(message, says);
      assert.ok(message.includes(`${episode}:2: `), "names file and line");
    });
  }

  for (const [name, code, line, says] of WRONG) {
    it(`${name}, after complete lines for the steps before`, async () => {
      const episode = await writeEpisode(folder, [first, line]);
      const outcome = await runCli("act", model, "--episode", episode, "--json");
      const message = checkFailure(outcome, code);
      assert.match(message, says);
      assert.ok(message.includes(`${episode}:2: `), `names file and line: ${message}`);
      assert.equal(parseSteps(outcome.stdout).length, 1);
    });
  }

  it("a file that is not there", async () => {
    assert.match(
      await fail("episode-file-invalid", "act", model, "--episode", join(folder, "none.jsonl"), "--json"),
      /none\.jsonl/u,
    );
  });

  it("a file without a step", async () => {
    for (const lines of [[], ["", "  "], [{ reset: true }]]) {
      assert.match(
        await fail("episode-file-invalid", "act", model, "--episode", await writeEpisode(folder, lines)),
        /at least one step/u,
      );
    }
  });
});
