import assert from "node:assert/strict";
import type { VlaBlock } from "@vla-pruner/format";
import { DEVICES } from "../../src/runtime/devices.ts";
import { refuseDtypesOn } from "../../src/transformers/dtypes-on-device.ts";

const bytes = { graph: 1, data: [1] };
const BLOCK: VlaBlock = {
  format: 1,
  architecture: "toy",
  dtype: "q8",
  prune_layer: 1,
  action_layers: [1],
  tapped_layers: [1],
  views: 1,
  vision_tokens_per_view: 4,
  norm_stats: {},
  sessions: {
    vision_encoder: { file: "vision_encoder", bytes, dtype: "fp16" },
    act: { file: "act", bytes },
  },
};

describe("dtypes on a device", () => {
  const processors = ["cpu", "wasm"];

  for (const device of DEVICES) {
    it(`q8 on ${device} is ${processors.includes(device) ? "taken" : "refused, and the sessions named"}`, () => {
      const load = (): void => refuseDtypesOn(device, BLOCK);
      if (processors.includes(device)) load();
      else assert.throws(load, { code: "invalid-option", found: "q8, of act" });
    });

    it(`q4f16 on ${device} is taken`, () => refuseDtypesOn(device, { ...BLOCK, dtype: "q4f16" }));
  }
});
