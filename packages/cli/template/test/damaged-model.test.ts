import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { toyVla } from "../src/index.ts";
import { syntheticModel } from "./synthetic-model.ts";

describe("a damaged config.json is refused before anything runs", () => {
  const damages = {
    image_size: 0,
    action: [4, "seven"],
    decoder: { layers: 6 },
    tower: null,
    norm_stats: { toy: { action: { low: [0], high: [1] } } },
    prune_layer: 99,
  };
  for (const [key, value] of Object.entries(damages)) {
    it(`vla.${key}`, async () => {
      const { vla, config, sessions, tokenizer } = await syntheticModel();
      const damaged = { vla: { ...vla, [key]: value }, config, sessions, tokenizer };
      assert.throws(() => toyVla().createAdapter(damaged), hasCode("model-invalid"));
    });
  }
});
