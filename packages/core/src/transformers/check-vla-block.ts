import { VlaPrunerError } from "@vla-pruner/errors";
import type { VlaBlock } from "../vla-model-parts.ts";

/**
 * The `vla` block of a model's `config.json`, checked key by key.
 *
 * @param where the model's directory or id, for the error
 * @throws `model-invalid`
 */
export function checkVlaBlock(config: Readonly<Record<string, unknown>>, where: string): VlaBlock {
  const vla = config["vla"];
  if (typeof vla !== "object" || vla === null) {
    throw new VlaPrunerError("model-invalid", {
      expected: `a block "vla" in config.json of ${where}`,
      found: "none",
      fix: "this looks like a checkpoint, not a model directory: run `vla-pruner convert` on it first",
    });
  }
  const block = vla as Partial<Record<keyof VlaBlock, unknown>>;
  const wrong = Object.entries(CHECKS).find(([key, fits]) => !fits(block[key as keyof VlaBlock]));
  if (wrong !== undefined) {
    throw new VlaPrunerError("model-invalid", {
      expected: `config.json of ${where} with a valid vla.${wrong[0]}`,
      found: JSON.stringify(block[wrong[0] as keyof VlaBlock] ?? null).slice(0, 80),
      fix: "convert the checkpoint again with this version of vla-pruner",
    });
  }
  return vla as VlaBlock;
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;
const isObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isLayers = (value: unknown): boolean =>
  Array.isArray(value) && value.every((layer) => Number.isInteger(layer) && layer >= 0);

const isSomeLayers = (value: unknown): boolean => isLayers(value) && (value as unknown[]).length > 0;

const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  format: (value) => value === 1,
  architecture: (value) => typeof value === "string",
  dtype: (value) => typeof value === "string",
  prune_layer: isCount,
  action_layers: isSomeLayers,
  tapped_layers: isSomeLayers,
  views: isCount,
  vision_tokens_per_view: isCount,
  norm_stats: isObject,
  sessions: (value) => isObject(value) && Object.values(value as object).every(isSession),
};

function isSession(value: unknown): boolean {
  const entry = value as { file?: unknown; bytes?: { graph?: unknown; data?: unknown } } | null;
  return (
    isObject(value) &&
    typeof entry?.file === "string" &&
    isCount(entry.bytes?.graph) &&
    Array.isArray(entry.bytes?.data)
  );
}
