import type { HeadSizes } from "@vla-pruner/onnx/blocks";
import { isObject } from "@vla-pruner/format";
import { invalidConfig } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig } from "@vla-pruner/onnx/convert";

/** Heads of the Gemma variants that openpi names. */
const HEADS: Readonly<Record<string, HeadSizes>> = {
  dummy: { heads: 8, keyValueHeads: 1, headSize: 16 },
  gemma_2b: { heads: 8, keyValueHeads: 1, headSize: 256 },
  gemma_300m: { heads: 8, keyValueHeads: 1, headSize: 256 },
};

/** SigLIP So400m. */
const VISION_HEADS = 16;
const VISION_HIDDEN = 1152;

/**
 * Attention heads of prefix and expert, which share them: from `num_attention_heads`,
 * `num_key_value_heads` and `head_dim`, else from the variants' names.
 */
export function readHeads(config: CheckpointConfig): HeadSizes {
  const spelt = [spelledOut(config, "vlm_config", "text_config"), spelledOut(config, "dit_config")];
  const [prefix, expert] = ["paligemma_variant", "action_expert_variant"].map(
    (key, index) => spelt[index] ?? named(config, key),
  );
  const given = (key: string, known: number | undefined): number => {
    const value = config[key] ?? known;
    if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
    throw invalidConfig(
      `${key}: a positive whole number, or paligemma_variant among ${Object.keys(HEADS).join(", ")}`,
      JSON.stringify(value ?? config["paligemma_variant"] ?? null),
    );
  };
  const sizes = {
    heads: given("num_attention_heads", prefix?.heads),
    keyValueHeads: given("num_key_value_heads", prefix?.keyValueHeads),
    headSize: given("head_dim", prefix?.headSize),
  };
  if (spelt.every((one) => one !== undefined) && JSON.stringify(prefix) !== JSON.stringify(expert))
    throw invalidConfig("the same heads in vlm_config and dit_config", JSON.stringify(spelt));
  const overridden = config["head_dim"] !== undefined;
  if (!overridden && expert !== undefined && expert.headSize !== sizes.headSize) {
    throw invalidConfig(
      "paligemma_variant and action_expert_variant with heads of one size",
      `${sizes.headSize} and ${expert.headSize}`,
    );
  }
  if (sizes.headSize % 2 !== 0 || sizes.heads % sizes.keyValueHeads !== 0) {
    throw invalidConfig(
      "an even head size and query heads that are a multiple of the key/value heads",
      JSON.stringify(sizes),
    );
  }
  return sizes;
}

/** Heads of the vision tower: `vision_heads`, a number or a list of one, else So400m's. */
export function readVisionHeads(config: CheckpointConfig, hidden: number): number {
  const spelt = objectAt(objectAt(config, "vlm_config"), "vision_config")["num_attention_heads"];
  const given = config["vision_heads"] ?? spelt ?? VISION_HEADS;
  const heads: unknown = Array.isArray(given) ? given[0] : given;
  if (typeof heads === "number" && Number.isInteger(heads) && heads > 0 && hidden % heads === 0) return heads;
  throw invalidConfig(`vision_heads: a divisor of ${hidden}`, JSON.stringify(given));
}

/** A warning where nobody states the heads of a tower that is not So400m's: shapes do not tell them. */
export function assumedVisionHeads(config: CheckpointConfig, hidden: number): string[] {
  const spelt = objectAt(objectAt(config, "vlm_config"), "vision_config")["num_attention_heads"];
  if ((config["vision_heads"] ?? spelt ?? null) !== null || hidden === VISION_HIDDEN) return [];
  return [
    `config.json has no vision_heads: So400m's ${VISION_HEADS} are assumed for a tower of width ${hidden}`,
  ];
}

function named(config: CheckpointConfig, key: string): HeadSizes | undefined {
  const variant = config[key];
  const name = typeof variant === "string" ? variant.replace(/_lora$/u, "") : "";
  return Object.hasOwn(HEADS, name) ? HEADS[name] : undefined;
}

/** Heads as transformers 5 writes them: Gemma's of 2 B and 300 M where it leaves them out. */
function spelledOut(config: CheckpointConfig, ...path: readonly string[]): HeadSizes | undefined {
  if (!isObject(config[path[0] ?? ""])) return undefined;
  const own = path.reduce(objectAt, config);
  const number = (key: string, usual: number): number => (typeof own[key] === "number" ? own[key] : usual);
  return {
    heads: number("num_attention_heads", 8),
    keyValueHeads: number("num_key_value_heads", 1),
    headSize: number("head_dim", 256),
  };
}

function objectAt(config: CheckpointConfig, key: string): CheckpointConfig {
  return isObject(config[key]) ? config[key] : {};
}
