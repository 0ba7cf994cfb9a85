import assert from "node:assert/strict";
import { join } from "node:path";
import type { ErrorCode } from "@vla-pruner/format";
import { numericEpisode } from "./support/episode.ts";
import { tinyModel } from "./support/model.ts";
import { userProject } from "./support/outside.ts";
import { readingModel } from "./support/reading-model.ts";
import { startCli } from "./support/run-child.ts";
import { checkFailure, fail } from "./support/run-cli.ts";

async function act(code: ErrorCode, pruner: string, ...more: readonly string[]): Promise<string> {
  const words = ["act", await tinyModel(), "--episode", await numericEpisode(), "--pruner", pruner];
  return fail(code, ...words, ...more);
}

describe("--pruner MODULE#export", () => {
  const project = userProject();
  const fovea = join(project, "fovea.ts");

  it("says what the module has where the export is missing or something else", async () => {
    assert.match(await act("plugin-invalid", fovea), /export pruner.*found fovea, named, nothing, word;/u);
    assert.match(await act("plugin-invalid", `${fovea}#near`), /export near.*fovea\.ts#NAME/u);
    assert.match(await act("plugin-invalid", `${fovea}#word`), /found word, which is something else/u);
    assert.match(await act("plugin-invalid", `${fovea}#nothing`), /retention.*found name;/u);
    assert.match(await act("plugin-invalid", "./none.ts#fovea"), /a module.*found \.\/none\.ts;/u);
  });

  it("is told from a misspelt name", async () => {
    assert.match(
      await act("invalid-option", "recomended"),
      /recommended, .*found recomended;.*MODULE#export/u,
    );
  });

  it("refuses what a named pruner does not read, by its flag", async () => {
    const line = await act("invalid-option", `${fovea}#named`, "--candidates", "2");
    assert.match(line, /--budget.*found --candidates;/u);
  });

  it("fails in a line where the pruner throws, at once or later", async () => {
    const early = await act("plugin-invalid", `${fovea}#fovea`, "--retention", "1");
    assert.match(early, /a pruner from .*found RangeError: too much for a fovea;/u);
    const late = await act("plugin-invalid", `${fovea}#fovea`, "--decay", "0.1");
    assert.match(late, /a decision from .*found Error: lost sight;/u);
    await fail("plugin-invalid", "bench", await tinyModel(), "--pruner", `${fovea}#fovea`);
  });

  it("ends an evaluation at once where it throws in a worker", async () => {
    const cell = [
      "--suite",
      "goal",
      "--retention",
      "0.25",
      "--episodes",
      "9",
      "--horizon",
      "1",
      "--jobs",
      "1",
    ];
    const variant = ["--variant", 'blind={"pruner":"./fovea.ts#fovea","decay":0.1}', "--pruners", "blind"];
    const semantic = ["--warmup", "semantic"];
    const words = ["eval", "--policy", await readingModel(), ...cell, ...variant, ...semantic];
    const line = checkFailure(await startCli(words, project).done, "plugin-invalid");
    assert.match(line, /a decision from \.\/fovea\.ts#fovea/u);
  });
});

describe("--camera", () => {
  it("is refused for a camera that the model, or the simulator, does not have, and twice", async () => {
    const words = ["act", await tinyModel(), "--episode", await numericEpisode()];
    assert.match(
      await fail("invalid-option", ...words, "--camera", "top=image"),
      /model, each once: image, found top;/u,
    );
    for (const given of [
      ["--camera", "image"],
      ["--camera", "=a"],
      ["--camera", "a=b", "--camera", "a=c"],
    ])
      assert.match(await fail("invalid-option", ...words, ...given), /--camera: NAME=KEY, each name once/u);
    const report = ["report", await tinyModel(), "--task", "goal/cube-in-bowl", "--out", "none.html"];
    const line = await fail("invalid-option", ...report, "--camera", "image=top");
    assert.match(line, /simulator: image, wrist_image, found top;/u);
    await fail("invalid-option", "eval", "--policy", "x", "--camera", "image=top");
  });
});
