import assert from "node:assert/strict";
import { act, actOn, withoutTimings } from "./support/act.ts";
import { numericLines, writeEpisode } from "./support/episode.ts";
import { makeFolder } from "./support/folder.ts";
import { tinyModel } from "./support/model.ts";

describe("act --steps", () => {
  it("runs the first steps of the file", async () => {
    assert.equal(withoutTimings(await act("--steps", "2")), withoutTimings((await act()).slice(0, 2)));
  });

  it("begins the file anew when it has fewer, and memory goes on", async () => {
    const folder = makeFolder();
    const [line, other] = await numericLines(folder, 2);
    const model = await tinyModel();
    const repeated = await actOn(model, await writeEpisode(folder, [line, other]), "--steps", "5");
    const written = await actOn(model, await writeEpisode(folder, [line, other, line, other, line]));
    assert.equal(withoutTimings(repeated), withoutTimings(written));
    assert.equal(repeated[3]?.decision, "pruned");
  });

  it("counts control steps, not resets, and keeps to those of the file", async () => {
    const folder = makeFolder();
    const [line, other] = await numericLines(folder, 2);
    const episode = await writeEpisode(folder, [{ reset: true }, line, other]);
    const steps = await actOn(await tinyModel(), episode, "--steps", "5");
    assert.deepEqual(
      steps.map(({ step }) => step),
      [0, 1, 0, 1, 0],
    );
  });
});
