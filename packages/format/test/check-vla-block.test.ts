import assert from "node:assert/strict";
import { checkVlaBlock, VlaPrunerError } from "../src/index.ts";
import type { ErrorCode } from "../src/index.ts";

const hasCode = (code: ErrorCode) => (error: unknown) => VlaPrunerError.is(error, code);

const vla = {
  format: 1,
  architecture: "fake",
  dtype: "fp32",
  prune_layer: 3,
  action_layers: [16, 17],
  tapped_layers: [15, 16, 17],
  views: 1,
  vision_tokens_per_view: 256,
  norm_stats: {},
  sessions: { act: { file: "act", bytes: { graph: 100, data: [] } } },
};

describe("checkVlaBlock", () => {
  it("gives the block of a converted model", () => {
    assert.equal(checkVlaBlock({ vla }, "here"), vla);
  });

  it("takes a config without a block for a checkpoint", () => {
    for (const config of [{}, { vla: null }, { vla: "openvla" }]) {
      assert.throws(
        () => checkVlaBlock(config, "here"),
        (error) => {
          return hasCode("model-invalid")(error) && String(error).includes("vla-pruner convert");
        },
      );
    }
  });

  it("names the key that is missing or wrong", () => {
    const wrong: readonly [keyof typeof vla, unknown][] = [
      ["format", 2],
      ["prune_layer", 0],
      ["action_layers", [1.5]],
      ["tapped_layers", [-1]],
      ["views", "1"],
      ["norm_stats", []],
      ["norm_stats", { libero: {} }],
      ["norm_stats", { libero: { action: null } }],
      ["sessions", { act: { file: "act", bytes: { graph: 0, data: [] } } }],
      ["sessions", { act: null }],
    ];
    const missing = Object.keys(vla).map((key) => [key, undefined] as const);
    for (const [key, value] of [...wrong, ...missing]) {
      assert.throws(
        () => checkVlaBlock({ vla: { ...vla, [key]: value } }, "here"),
        (error) => {
          return hasCode("model-invalid")(error) && String(error).includes(`vla.${key}`);
        },
      );
    }
  });
});
