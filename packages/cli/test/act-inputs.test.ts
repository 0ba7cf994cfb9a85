import assert from "node:assert/strict";
import { join } from "node:path";
import { actOn, withoutTimings } from "./support/act.ts";
import { IDS, numericLines, PIXELS, writeEpisode, writePixels } from "./support/episode.ts";
import { makeFolder } from "./support/folder.ts";
import { tinyModel } from "./support/model.ts";
import { writePicture } from "./support/pictures.ts";
import { fail, runCli, succeed } from "./support/run-cli.ts";

describe("episode files", () => {
  let folder: string;
  let model: string;
  beforeEach(async () => {
    folder = makeFolder();
    model = await tinyModel();
  });

  const run = async (...lines: readonly unknown[]): Promise<string> =>
    withoutTimings(await actOn(model, await writeEpisode(folder, lines)));

  it("pictures of any size and with alpha stand in for pixel values", async () => {
    const wide = await writePicture(folder, "wide.png", 320, 240);
    const clear = await writePicture(folder, "clear.png", 320, 240, 7);
    const exact = await writePicture(folder, "exact.png", 56, 56);
    const [first, second, third] = await actOn(
      model,
      await writeEpisode(
        folder,
        [wide, clear, exact].map((image) => ({ images: { image }, input_ids: IDS })),
      ),
    );
    assert.equal(first?.kept[0]?.length, 16);
    assert.deepEqual(second?.semantic, first?.semantic, "alpha is dropped");
    assert.notDeepEqual(third?.semantic, first?.semantic, "another picture is another input");
  });

  it("refuses a camera and a state that the model does not read, and a wrist's picture for the main one", async () => {
    const other = await writePicture(folder, "wrist.png", 40, 30);
    const image = await writePicture(folder, "main.png", 320, 240);
    for (const line of [
      { images: { wrist_image: other, image }, input_ids: IDS },
      { images: { wrist_image: other }, input_ids: IDS },
      { images: { image }, input_ids: IDS, state: [0.5] },
      { images: { image }, pixel_values: "step0.bin", input_ids: IDS },
    ]) {
      const episode = await writeEpisode(folder, [line]);
      if ("pixel_values" in line) await numericLines(folder, 1);
      await fail("observation-invalid", "act", model, "--episode", episode, "--json");
    }
    assert.notEqual(
      await run({ images: { image: other }, input_ids: IDS }),
      await run({ images: { image }, input_ids: IDS }),
    );
  });

  it("takes cameras by other names, with --camera", async () => {
    const image = await writePicture(folder, "main.png", 320, 240);
    const line = { images: { "observation.images.image": image }, input_ids: IDS };
    for (const name of ["image", "base"]) {
      const episode = await writeEpisode(folder, [line, line]);
      const acted = await actOn(model, episode, "--camera", `${name}=observation.images.image`);
      const plain = { images: { image }, input_ids: IDS };
      assert.equal(withoutTimings(acted), await run(plain, plain));
    }
  });

  it("warns once of an instruction that changes without a reset, and never across one", async () => {
    const [line] = await numericLines(folder, 1);
    const say = (instruction: string): object => ({ ...line, instruction });
    const told = async (...lines: readonly object[]): Promise<string> => {
      const { code, stderr } = await runCli("act", model, "--episode", await writeEpisode(folder, lines));
      assert.equal(code, 0);
      return stderr;
    };
    const words = [say("pick up"), say("put down"), say("pick up")];
    assert.match(await told(...words), /^vla-pruner: warning: the instruction changed from [^\n]+\n$/u);
    assert.equal(await told(say("pick up"), { reset: true }, say("put down")), "");
  });

  it("--center-crop looks at the middle of pictures, and leaves given pixels alone", async () => {
    const image = await writePicture(folder, "frame.png", 320, 240);
    for (const [line, same] of [
      [{ images: { image }, input_ids: IDS }, false],
      [(await numericLines(folder, 1))[0], true],
    ] as const) {
      const cropped = await actOn(model, await writeEpisode(folder, [line]), "--center-crop");
      assert.equal(withoutTimings(cropped) === (await run(line)), same);
    }
  });

  it("takes pixel values and token ids as they are", async () => {
    const [line] = await numericLines(folder, 1);
    const doubled = new Float32Array(PIXELS).fill(2);
    const pixels = await writePixels(folder, "doubled.bin", doubled);
    assert.notEqual(await run({ ...line, pixel_values: pixels }), await run(line));
    assert.notEqual(
      await run({ ...line, input_ids: IDS.slice(0, -1) }),
      await run(line),
      "the last id counts",
    );
    assert.equal(await run({ ...line, instruction: "is not needed" }), await run(line), "ids win over words");
  });

  it("reads windows line ends, a byte order mark and blank lines", async () => {
    const [first, second] = await numericLines(folder, 2);
    const odd = `\uFEFF${JSON.stringify(first)}\r\n\r\n   \n${JSON.stringify(second)}\r`;
    assert.equal(await run(odd), await run(first, second));
  });

  it("finds files relative to the episode, not to where the command runs", async () => {
    const lines = await numericLines(folder, 1);
    const absolute = lines.map((line) => ({ ...line, pixel_values: join(folder, "step0.bin") }));
    assert.equal(await run(...absolute), await run(...lines));
  });

  it("wants a tokenizer for instructions, and says which line", async () => {
    const image = await writePicture(folder, "frame.png", 64, 48);
    const episode = await writeEpisode(folder, [{ images: { image }, instruction: "pick up the cup" }]);
    const line = await fail("tokenizer-missing", "act", model, "--episode", episode, "--json");
    assert.match(line, /episode\.jsonl:1: tokenizer\.json/u);
  });

  it("prints a line a step for people without --json", async () => {
    const text = await succeed(
      "act",
      model,
      "--episode",
      await writeEpisode(folder, await numericLines(folder, 4)),
    );
    const lines = text.trimEnd().split("\n");
    assert.equal(lines.length, 4);
    assert.match(lines[0] ?? "", /^step 0 {2}dense +16\/16 tokens +\d+ ms {2}\[(-?\d+\.\d{4} ?){7}\]$/u);
    assert.match(lines[3] ?? "", /^step 3 {2}pruned +4\/16 tokens /u);
  });
});
