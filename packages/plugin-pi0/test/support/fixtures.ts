import type { Target } from "@vla-pruner/format";
import type { CheckpointConfig } from "@vla-pruner/onnx/convert";

/** A small seeded checkpoint of π0 or π0.5 and episodes for it; the same bytes on every machine. */
export interface Pi0Fixture {
  readonly name: "pi0" | "pi05";
  readonly seed: number;
  /** Seeds of the episodes by name, chosen so that no choice of tokens hangs on rounding; else `seed`. */
  readonly episodeSeeds: Readonly<Record<string, number>>;
  readonly config: CheckpointConfig;
}

const CONFIG: CheckpointConfig = {
  action_dim: 32,
  action_horizon: 10,
  paligemma_variant: "dummy",
  action_expert_variant: "dummy",
  precision: "float32",
  num_attention_heads: 4,
  num_key_value_heads: 1,
  head_dim: 16,
  vision_heads: [4],
  vocab_size: 512,
  prefix: { width: 64, layers: 6, intermediate: 128 },
  expert: { width: 32, layers: 6, intermediate: 64 },
  vision_tower: { width: 48, layers: 3, intermediate: 96 },
};

export const PI0: Pi0Fixture = {
  name: "pi0",
  seed: 1,
  episodeSeeds: { episode: 6, absent: 5 },
  config: { ...CONFIG, pi05: false },
};
export const PI05: Pi0Fixture = {
  name: "pi05",
  seed: 2,
  episodeSeeds: { episode: 9, absent: 5 },
  config: { ...CONFIG, pi05: true },
};

/** The same with small pictures: for what is held against no golden. */
export function smaller(fixture: Pi0Fixture): Pi0Fixture {
  const { vision_tower: tower, ...config } = fixture.config;
  return { ...fixture, config: { ...config, vision_tower: { ...(tower as object), side: 112 } } };
}

/** Pixels of a fixture's pictures along each side. */
export function sideOf({ config }: Pi0Fixture): number {
  const { side = 224 } = config["vision_tower"] as { readonly side?: number };
  return side;
}

/** The cut of the fixtures, and what the goldens were made with. */
export const PRUNE_LAYER = 2;
export const STATE_SIZE = 8;
export const ROBOT_ACTION_SIZE = 7;

/** Devices that there are graphs for: all of them run, and agree, on the processor. */
export const FORMS: readonly Target[] = ["cpu", "cuda", "webgpu"];
