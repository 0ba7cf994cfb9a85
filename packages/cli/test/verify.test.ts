import assert from "node:assert/strict";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseSteps } from "./support/act.ts";
import { numericLines, writeEpisode } from "./support/episode.ts";
import { makeFolder } from "./support/folder.ts";
import { copyOfTinyModel, tinyModel } from "./support/model.ts";
import { checkFailure, fail, runCli, succeed } from "./support/run-cli.ts";

interface Report {
  readonly passed: boolean;
  readonly checks: readonly { readonly check: string; readonly outcome: string; readonly says: string }[];
  readonly inputs: readonly { readonly about: string; readonly says: string; readonly value?: unknown }[];
}

const reportOf = (text: string): Report => JSON.parse(text) as Report;

async function flip(path: string, at: number): Promise<void> {
  const file = await open(path, "r+");
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
  await file.write(Buffer.of((buffer[0] ?? 0) ^ 0x40), 0, 1, at);
  await file.close();
}

/** The lines of an episode, with what `act` gave for each. */
async function recordedEpisode(folder: string, ...options: readonly string[]): Promise<object[]> {
  const lines = await numericLines(folder, 5);
  const episode = await writeEpisode(folder, lines);
  const text = await succeed("act", await tinyModel(), "--episode", episode, "--json", ...options);
  return parseSteps(text).map((step, index) => ({ ...lines[index], ...step }));
}

describe("verify", () => {
  it("passes a whole model, contract included, and tells what it does with a picture in about ten lines", async () => {
    const report = reportOf(await succeed("verify", await tinyModel(), "--json"));
    assert.deepEqual(
      report.checks.map(({ check, outcome }) => [check, outcome]),
      [
        ["files", "passed"],
        ["dense", "passed"],
        ["contract", "passed"],
      ],
    );
    assert.ok(report.passed);
    const text = await succeed("verify", await tinyModel(), "--quick");
    for (const { about, says } of report.inputs) assert.ok(text.includes(about) && text.includes(says));
    const about = report.inputs.map((fact) => fact.about);
    assert.deepEqual(about, ["cameras", "picture", "crop", "resize", "colours", "prompt", "state", "action"]);
    const cropped = reportOf(
      await succeed("verify", await tinyModel(), "--quick", "--json", "--center-crop"),
    );
    assert.equal(cropped.inputs.find((fact) => fact.about === "crop")?.value, 0.9);
  });

  for (const [what, damage, named] of [
    [
      "a flipped byte of the weights",
      (model: string) => flip(join(model, "onnx/act.onnx_data"), 4321),
      "act.onnx_data",
    ],
    ["a flipped byte of a graph", (model: string) => flip(join(model, "onnx/act.onnx"), 99), "act.onnx"],
    [
      "statistics that were changed by hand",
      async (model: string) => {
        const path = join(model, "config.json");
        const config = JSON.parse(await readFile(path, "utf8")) as {
          vla: { norm_stats: Record<string, unknown> };
        };
        const [name = ""] = Object.keys(config.vla.norm_stats);
        config.vla.norm_stats[name] = { action: { q01: Array(7).fill(-2), q99: Array(7).fill(2) } };
        await writeFile(path, JSON.stringify(config));
      },
      "config.json",
    ],
  ] as const) {
    it(`finds ${what}, names the file, and runs nothing`, async () => {
      const model = await copyOfTinyModel();
      await damage(model);
      const outcome = await runCli("verify", model, "--json");
      assert.match(checkFailure(outcome, "verify-failed"), new RegExp(named, "u"));
      const { passed, checks } = reportOf(outcome.stdout);
      assert.ok(!passed && checks.length === 1 && checks[0]?.outcome === "failed");
    });
  }

  it("says that nothing is known of the files of an older model", async () => {
    const model = await copyOfTinyModel();
    const path = join(model, "config.json");
    const { vla, ...config } = JSON.parse(await readFile(path, "utf8")) as { vla: Record<string, unknown> };
    const { checksums: _none, ...older } = vla;
    await writeFile(path, JSON.stringify({ ...config, vla: older }));
    const { passed, checks } = reportOf(await succeed("verify", model, "--quick", "--json"));
    assert.ok(passed && checks[0]?.outcome === "unknown" && checks[0].says.includes("no checksums"));
  });

  it("--against compares actions and kept sets with those that a file records", async () => {
    const folder = makeFolder();
    const model = await tinyModel();
    const recorded = await recordedEpisode(folder);
    const against = async (lines: readonly object[], ...options: readonly string[]) =>
      runCli(
        "verify",
        model,
        "--quick",
        "--json",
        "--against",
        await writeEpisode(folder, lines),
        ...options,
      );
    assert.equal((await against(recorded)).code, 0);
    const dense = (await recordedEpisode(folder, "--retention", "1")).map((line) => {
      const { kept: _kept, ...rest } = line as { kept?: unknown };
      return rest;
    });
    assert.equal((await against(dense)).code, 0, "without kept sets, the unpruned model is meant");
    const moved = recorded.map((line) => {
      const { action, ...rest } = line as { action: number[][] };
      return { ...rest, action: action.map((row) => row.map((value) => value + 0.1)) };
    });
    checkFailure(await against(moved), "verify-failed");
    assert.equal((await against(moved, "--tolerance", "10")).code, 0);
    const others = recorded.map((line) => ({ ...line, kept: [[0, 1, 2, 3]] }));
    checkFailure(await against(others), "verify-failed");
  });

  it("--against wants a file that records actions, of the right length", async () => {
    const folder = makeFolder();
    const lines = await numericLines(folder, 2);
    for (const extra of [{}, { action: "up" }, { action: [] }, { kept: [1, 2] }]) {
      const path = await writeEpisode(
        folder,
        lines.map((line) => ({ ...line, ...extra })),
      );
      await fail("episode-file-invalid", "verify", await tinyModel(), "--quick", "--against", path);
    }
    const short = await writeEpisode(
      folder,
      lines.map((line) => ({ ...line, action: [1, 2] })),
    );
    await fail("episode-file-invalid", "verify", await tinyModel(), "--quick", "--against", short);
  });
});
