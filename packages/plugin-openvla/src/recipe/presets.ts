import type { CheckpointConfig } from "@vla-pruner/onnx/convert";
import { PRISMATIC_CONFIGS } from "@vla-pruner/prismatic/convert";

/** Configs for `--synthetic NAME`. */
export const PRESETS: Readonly<Record<string, CheckpointConfig>> = Object.fromEntries(
  Object.entries<CheckpointConfig>(PRISMATIC_CONFIGS).map(([size, config]) => [`openvla-${size}`, config]),
);
