import assert from "node:assert/strict";
import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ErrorCode } from "@vla-pruner/format";
import { CONFIG } from "./support/checkpoint.ts";
import { numericEpisode } from "./support/episode.ts";
import { copyOfTinyModel } from "./support/model.ts";
import { fail } from "./support/run-cli.ts";

interface Case {
  readonly name: string;
  readonly code: ErrorCode;
  readonly says: RegExp;
  readonly damage: (model: string) => Promise<void>;
}

const write = (name: string, text: string) => (model: string) => writeFile(join(model, name), text);
const setVla =
  (part: Readonly<Record<string, unknown>>) =>
  async (model: string): Promise<void> => {
    const path = join(model, "config.json");
    const config = JSON.parse(await readFile(path, "utf8")) as { vla: object };
    await writeFile(path, JSON.stringify({ ...config, vla: { ...config.vla, ...part } }));
  };

const CASES: readonly Case[] = [
  {
    name: "no directory",
    code: "model-missing",
    says: /convert/u,
    damage: (model) => rm(model, { recursive: true }),
  },
  {
    name: "no config.json",
    code: "model-missing",
    says: /config\.json/u,
    damage: (model) => rm(join(model, "config.json")),
  },
  {
    name: "a checkpoint, not a model",
    code: "model-invalid",
    says: /"vla".*vla-pruner convert/u,
    damage: write("config.json", JSON.stringify(CONFIG)),
  },
  {
    name: "a graph that is missing",
    code: "model-missing",
    says: /act\.onnx/u,
    damage: (model) => rm(join(model, "onnx", "act.onnx")),
  },
  {
    name: "a data file that is missing",
    code: "model-missing",
    says: /prefill_head\.onnx_data/u,
    damage: (model) => rm(join(model, "onnx", "prefill_head.onnx_data")),
  },
  {
    name: "a data file cut short",
    code: "model-invalid",
    says: /act\.onnx_data.*1000 bytes/u,
    damage: (model) => truncate(join(model, "onnx", "act.onnx_data"), 1000),
  },
  {
    name: "a graph cut short",
    code: "model-invalid",
    says: /vision_encoder\.onnx.*1000 bytes/u,
    damage: (model) => truncate(join(model, "onnx", "vision_encoder.onnx"), 1000),
  },
  {
    name: "a cut that is no number",
    code: "model-invalid",
    says: /vla\.prune_layer.*"three"/u,
    damage: setVla({ prune_layer: "three" }),
  },
  {
    name: "action layers that are no list",
    code: "model-invalid",
    says: /vla\.action_layers/u,
    damage: setVla({ action_layers: 15 }),
  },
  { name: "no sessions", code: "model-invalid", says: /vla\.sessions/u, damage: setVla({ sessions: null }) },
  {
    name: "a session without a file",
    code: "model-invalid",
    says: /vla\.sessions/u,
    damage: setVla({ sessions: { act: {} } }),
  },
  {
    name: "no statistics",
    code: "model-invalid",
    says: /vla\.norm_stats/u,
    damage: setVla({ norm_stats: null }),
  },
];

describe("a damaged model directory", () => {
  for (const { name, code, says, damage } of CASES) {
    it(`is refused by act and by inspect: ${name}`, async () => {
      const model = await copyOfTinyModel();
      await damage(model);
      assert.match(await fail(code, "act", model, "--episode", await numericEpisode(), "--json"), says);
      assert.match(await fail(code, "inspect", model, "--json"), says);
    });
  }

  it("is refused by act when the bytes of a graph are overwritten", async () => {
    const model = await copyOfTinyModel();
    const path = join(model, "onnx", "act.onnx");
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0xff, 0, 2000));
    await fail("model-invalid", "act", model, "--episode", await numericEpisode(), "--json");
    await fail("model-invalid", "inspect", model, "--json");
  });

  it("is refused by act when the architecture is unknown", async () => {
    const model = await copyOfTinyModel();
    await setVla({ architecture: "rt-2" })(model);
    assert.match(
      await fail("unknown-architecture", "act", model, "--episode", await numericEpisode()),
      /rt-2/u,
    );
  });

  it("is refused by bench", async () => {
    const model = await copyOfTinyModel();
    await truncate(join(model, "onnx", "act.onnx_data"), 1000);
    await fail("model-invalid", "bench", model, "--json");
  });

  it("is refused when config.json is no JSON", async () => {
    const model = await copyOfTinyModel();
    await write("config.json", "{")(model);
    await fail("config-invalid", "inspect", model);
    await fail("model-missing", "act", model, "--episode", await numericEpisode());
  });
});
