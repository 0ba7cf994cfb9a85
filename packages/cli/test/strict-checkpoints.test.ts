import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CONFIG, writeCheckpoint } from "./support/checkpoint.ts";
import type { CheckpointSpec } from "./support/checkpoint.ts";
import { makeFolder } from "./support/folder.ts";
import { inspectModel } from "./support/inspect.ts";
import { fail, runCli, succeed } from "./support/run-cli.ts";

const STATISTICS = (CONFIG["norm_stats"] as { tiny: { action: Record<string, unknown> } }).tiny.action;
const withConfig = (change: object): CheckpointSpec => ({ config: { ...CONFIG, ...change } });
const withAction = (action: object): CheckpointSpec => withConfig({ norm_stats: { tiny: { action } } });
const withTensor = (name: string): CheckpointSpec => ({
  change: (tensors) => void tensors.set(name, { dims: [2] }),
});

async function checkpoint(spec: CheckpointSpec): Promise<{ from: string; out: string }> {
  const folder = makeFolder();
  return { from: await writeCheckpoint(join(folder, "checkpoint"), spec), out: join(folder, "model") };
}

describe("convert refuses, by name", () => {
  for (const [what, code, says, spec] of [
    [
      "a tensor that no graph reads",
      "tensor-unexpected",
      /second_head\.weight/u,
      withTensor("second_head.weight"),
    ],
    [
      "an adapter that is not merged",
      "checkpoint-invalid",
      /LoRA at language_model.*merge it/u,
      withTensor("language_model.model.layers.0.self_attn.q_proj.lora_A.default.weight"),
    ],
    [
      "quantised weights",
      "checkpoint-invalid",
      /bitsandbytes/u,
      withTensor("projector.fc1.weight.quant_state"),
    ],
    [
      "a quantisation in the config",
      "config-invalid",
      /quantization_config/u,
      withConfig({ quantization_config: { bits: 4 } }),
    ],
    [
      "statistics with a hole",
      "config-invalid",
      /q99\[2\] = null/u,
      withAction({ ...STATISTICS, q99: [1, 2, null, 1, 1, 1, 1] }),
    ],
    [
      "q01 above q99",
      "config-invalid",
      /q01\[0\] = 3 above/u,
      withAction({ ...STATISTICS, q01: [3, -2, -3, -1, -1, -1, 0] }),
    ],
    ["no statistics at all", "config-invalid", /statistics of the actions/u, withConfig({ norm_stats: {} })],
    [
      "openvla-oft's fields without its files",
      "checkpoint-missing",
      /action_head--\*/u,
      withConfig({ num_images_in_input: 2 }),
    ],
  ] as const) {
    it(what, async () => {
      const { from, out } = await checkpoint(spec);
      assert.match(await fail(code, "convert", from, "--out", out), says);
    });
  }

  it("π0-FAST, which names the variants of π0", async () => {
    const { from, out } = await checkpoint({});
    await writeFile(join(from, "config.json"), '{"type":"pi0_fast","paligemma_variant":"gemma_2b"}');
    assert.match(await fail("unknown-architecture", "convert", from, "--out", out), /type "pi0_fast"/u);
  });

  it("NaN in statistics, which is no JSON", async () => {
    const { from, out } = await checkpoint({});
    const text = await readFile(join(from, "config.json"), "utf8");
    await writeFile(join(from, "config.json"), text.replace('"q01":[-1', '"q01":[NaN'));
    assert.match(await fail("config-invalid", "convert", from, "--out", out), /config\.json/u);
  });
});

describe("convert warns on stderr and goes on", () => {
  for (const [what, says, spec] of [
    [
      "of a field that it does not know",
      /warning: config\.json: the field new_option \(1\)/u,
      withConfig({ new_option: 1 }),
    ],
    [
      "of constant dimensions",
      /warning: config\.json: tiny\.action has constant dimensions \(q01 = q99\): 1;/u,
      withAction({ ...STATISTICS, q01: [-1, 2, -3, -1, -1, -1, 0] }),
    ],
    [
      "of a missing mask",
      /warning: config\.json: tiny\.action has no mask/u,
      withAction({ ...STATISTICS, mask: undefined }),
    ],
  ] as const) {
    it(what, async () => {
      const { from, out } = await checkpoint(spec);
      const { code, stdout, stderr } = await runCli("convert", from, "--out", out);
      assert.deepEqual([code, stdout], [0, `${out}\n`]);
      assert.match(stderr, says);
      assert.equal(stderr.trimEnd().split("\n").length, 1);
    });
  }

  it("of an index that was not used", async () => {
    const { from, out } = await checkpoint({});
    await writeFile(join(from, "model.safetensors.index.json"), '{"weight_map":{"a":"gone.safetensors"}}');
    const { code, stderr } = await runCli("convert", from, "--out", out);
    assert.equal(code, 0);
    assert.match(stderr, /warning: model\.safetensors was used/u);
  });
});

describe("inspect", () => {
  it("says which statistics a model has, where they are from, and what is not scaled", async () => {
    const { from, out } = await checkpoint({});
    await succeed("convert", from, "--out", out);
    const { statistics } = await inspectModel(out);
    assert.deepEqual(statistics, {
      from: "config.json",
      action: "−1 … 1 to q01 … q99",
      state: null,
      sets: { tiny: { action: { size: 7, lists: ["q01", "q99"], unscaled: [6] } } },
    });
    const text = await succeed("inspect", out);
    assert.match(text, /statistics from config\.json: actions −1 … 1 to q01 … q99; no state/u);
    assert.match(text, / {2}tiny: action of 7 \(q01, q99\), not scaled: 6/u);
  });
});
