import type { CheckpointConfig } from "@vla-pruner/onnx/convert";
import { PRISMATIC_CONFIGS } from "@vla-pruner/prismatic/convert";

const STATE_SIZE = 8;
const bounds = (low: number, size: number): Readonly<Record<string, readonly number[]>> => {
  const [lows, highs] = [low, 1].map((value) => Array.from({ length: size }, () => value));
  return { q01: lows ?? [], q99: highs ?? [], min: lows ?? [], max: highs ?? [] };
};

/** Statistics for synthetic models: actions and states between −1 and 1. */
const UNIT_STATISTICS = {
  synthetic: {
    action: { ...bounds(-1, 7), mask: [true, true, true, true, true, true, false] },
    proprio: bounds(-1, STATE_SIZE),
  },
};

/** Configs for `--synthetic NAME`: LIBERO's set-up with two cameras, a state of 8 and an L1 head. */
export const PRESETS: Readonly<Record<string, CheckpointConfig>> = Object.fromEntries(
  Object.entries<CheckpointConfig>(PRISMATIC_CONFIGS).map(([size, config]) => [
    `openvla-oft-${size}`,
    {
      ...config,
      action_head: "l1",
      num_images_in_input: 2,
      state_size: STATE_SIZE,
      norm_stats: UNIT_STATISTICS,
    },
  ]),
);
