import { VlaPrunerError } from "../errors/vla-pruner-error.ts";
import {
  isCount,
  isObject,
  isText,
  isWhole,
  listOf,
  misfitOf,
  objectOf,
  oneOf,
  optional,
  shaped,
} from "../shape.ts";
import type { Shape } from "../shape.ts";
import { isDtype } from "./dtypes.ts";
import { TARGETS } from "./targets.ts";
import { FORMAT } from "./vla-block.ts";
import type {
  CachedDecoderBlock,
  DecoderBlock,
  GraphBytes,
  SessionEntry,
  TowerBlock,
  VlaBlock,
} from "./vla-block.ts";

const BYTES: Shape<GraphBytes> = { graph: isCount, data: listOf(isWhole) };

const SESSION: Shape<SessionEntry> = {
  file: isText,
  bytes: BYTES,
  device_outputs: optional(listOf(isText)),
  dtype: optional(isDtype),
  variants: optional(isVariants),
};

function isVariants(value: unknown): boolean {
  return objectOf(shaped(BYTES))(value) && Object.keys(value as object).every(isDtype);
}

const BLOCK: Shape<VlaBlock> = {
  format: oneOf(FORMAT),
  architecture: isText,
  dtype: isDtype,
  target: optional(oneOf(...TARGETS)),
  prune_layer: isCount,
  action_layers: listOf(isWhole, 1),
  tapped_layers: listOf(isWhole, 1),
  views: isCount,
  vision_tokens_per_view: isCount,
  norm_stats: objectOf(shaped({ action: isObject })),
  statistics: optional(
    shaped({ from: isText, action: isText, state: (value: unknown) => value === null || isText(value) }),
  ),
  sessions: objectOf(shaped(SESSION)),
};

/** For a plugin's own check: the `decoder` of most. */
export const DECODER_SHAPE: Shape<DecoderBlock> = {
  layers: isCount,
  hidden: isCount,
  intermediate: isCount,
  vocabulary: isCount,
  positions: isCount,
  float_type: oneOf("float32", "float16"),
};

/** The `decoder` of a plugin that caches keys and values. */
export const CACHED_DECODER_SHAPE: Shape<CachedDecoderBlock> = {
  ...DECODER_SHAPE,
  heads: isCount,
  key_value_heads: isCount,
  head_size: isCount,
};

export const TOWER_SHAPE: Shape<TowerBlock> = {
  layers: isCount,
  hidden: isCount,
  intermediate: isCount,
  tokens: isCount,
};

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
  const misfit = misfitOf(vla, BLOCK);
  if (misfit !== null) throw damaged(`config.json of ${where} with a valid vla.${misfit.path}`, misfit.value);
  return vla as VlaBlock;
}

/**
 * A plugin's own part of the block, after checking it: a damaged `config.json` is named as such before
 * anything runs. Where the block has a `decoder`, the cut and the taps must lie inside it.
 *
 * @throws `model-invalid`
 */
export function checkPluginBlock<Own>(vla: VlaBlock, shape: Shape<Own>): VlaBlock & Own {
  const misfit = misfitOf(vla, shape);
  if (misfit !== null) throw damaged(`config.json with a valid vla.${misfit.path}`, misfit.value);
  const { layers } = (vla["decoder"] ?? {}) as { readonly layers?: number };
  if (layers === undefined) return vla as VlaBlock & Own;
  if (vla.prune_layer >= layers)
    throw damaged("config.json with a valid vla.prune_layer inside the decoder", vla.prune_layer);
  for (const key of ["tapped_layers", "action_layers"] as const) {
    if (vla[key].some((layer) => layer >= layers))
      throw damaged(`config.json with a valid vla.${key} inside the decoder`, vla[key]);
  }
  return vla as VlaBlock & Own;
}

function damaged(expected: string, found: unknown): VlaPrunerError {
  return new VlaPrunerError("model-invalid", {
    expected,
    found: (JSON.stringify(found) ?? "nothing").slice(0, 80),
    fix: "convert the checkpoint again with this version of vla-pruner",
  });
}
