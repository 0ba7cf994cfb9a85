import type { UnneededTensors } from "@vla-pruner/onnx/convert";
import type { PrismaticSizes } from "./prismatic-sizes.ts";
import { DECODER } from "./prismatic-sizes.ts";

/** Wrappers of training code around the whole model, before its three parts. */
const ROOT = /^(?:(?:model|vla|policy|actor|student)\.)+(?=(?:vision_backbone|language_model|projector)\.)/u;

/** LayerScale's parameter: `gamma` in timm, `weight` after transformers' renaming, `scale_factor` in Prismatic. */
const LAYER_SCALE = /\.(ls[12])\.(?:gamma|weight)$/u;

/** A tensor's name as Prismatic's own code writes it; pure. */
export function prismaticName(name: string): string {
  return name.replace(ROOT, "").replace(LAYER_SCALE, ".$1.scale_factor");
}

const BLOCK_PARTS =
  "(?:(?:attn\\.(?:qkv|proj)|mlp\\.fc[12]|norm[12]|scale|shift)\\.(?:weight|bias)|ls[12]\\.scale_factor)";

/**
 * What OpenVLA's checkpoints hold and no graph reads.
 *
 * @param usesHead whether actions are read off the language model's own output
 */
export function prismaticUnneeded(sizes: PrismaticSizes, usesHead: boolean): UnneededTensors[] {
  const { decoder, towers, head } = sizes;
  const table = `${DECODER}embed_tokens.weight`;
  const ends = towers.flatMap(({ prefix, blocks }): UnneededTensors[] => {
    const start = `^${prefix.replaceAll(".", "\\.")}`;
    return [
      {
        name: new RegExp(`${start}blocks\\.${blocks}\\.${BLOCK_PARTS}$`, "u"),
        because: "Prismatic reads the output of the second-to-last block",
      },
      {
        name: new RegExp(`${start}norm\\.(?:weight|bias)$`, "u"),
        because: "Prismatic takes patches as they are before the final norm",
      },
      {
        name: new RegExp(`${start}(?:attn_pool|fc_norm)\\.`, "u"),
        because: "pools the patches for a classifier, which Prismatic has none of",
      },
    ];
  });
  const lmHead = /^language_model\.lm_head\.weight$/u;
  const unread: UnneededTensors = usesHead
    ? { name: lmHead, because: "a copy of the word table, with which it is tied", same: table }
    : { name: lmHead, because: "actions come from the action head" };
  return [
    ...ends,
    {
      name: /^language_model\.model\.(?:layers\.\d+\.self_attn\.)?rotary_emb\.inv_freq$/u,
      because: "the graphs compute the rotary angles from config.json",
      values: ([half = 0]) =>
        Float32Array.from({ length: half }, (_, index) => decoder.theta ** (-index / half)),
    },
    ...(usesHead && head !== table ? [] : [unread]),
  ];
}
