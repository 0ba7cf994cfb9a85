import type { CheckpointConfig, CutPlan, RecipeRequest, TensorSource } from "@vla-pruner/onnx/convert";
import { checkFields, wholeNumber } from "@vla-pruner/onnx/convert";
import type { FloatType } from "@vla-pruner/onnx/graph";
import type { NormStats } from "@vla-pruner/core";
import { readEmptyToken } from "./empty-token.ts";
import { readImageProcessor } from "./image-processor-config.ts";
import type { ImageProcessorConfig } from "./image-processor-config.ts";
import { readNormStats } from "./norm-stats.ts";
import { PROCESSOR_FIELDS } from "./prismatic-fields.ts";
import type { PrismaticSizes } from "./prismatic-sizes.ts";

/** Everything that the graphs of one model depend on. */
export interface PrismaticPlan {
  readonly sizes: PrismaticSizes;
  readonly cut: CutPlan;
  /** Pictures a step. */
  readonly views: number;
  readonly checkpoint: TensorSource;
  readonly floatType: FloatType;
}

/** The part of the `vla` block that all Prismatic models share. */
export interface PrismaticBlock {
  readonly norm_stats: Readonly<Record<string, NormStats>>;
  readonly image_processor: ImageProcessorConfig;
  /** One for each pass of a picture through a tower. */
  readonly towers: readonly Readonly<Record<"layers" | "hidden" | "intermediate" | "tokens", number>>[];
  readonly action_tokens: { readonly bins: number; readonly vocabulary: number };
  readonly empty_token_id: number;
}

/** @throws `config-invalid` */
export function prismaticBlock(
  { config, files }: Pick<RecipeRequest, "config" | "files">,
  { sizes, views }: Pick<PrismaticPlan, "sizes" | "views">,
): PrismaticBlock {
  const { decoder, imageSize } = sizes;
  const towers = sizes.towers.map(({ blocks, hidden, intermediate, tokens, prefixTokens }) => {
    const all = prefixTokens.reduce((sum, { count }) => sum + count, tokens);
    return { layers: blocks, hidden, intermediate, tokens: all };
  });
  const processor = files["preprocessor_config.json"];
  return {
    norm_stats: readNormStats({ files, config }),
    image_processor: readImageProcessor(config, processor, imageSize, towers.length),
    towers: Array.from({ length: views }, () => towers).flat(),
    action_tokens: {
      bins: wholeNumber(config, "n_action_bins", 256),
      vocabulary: decoder.vocabulary - wholeNumber(config, "pad_to_multiple_of", 64, 0),
    },
    empty_token_id: readEmptyToken(config, decoder.vocabulary),
  };
}

/**
 * What to say of a checkpoint's other files and of its prompts.
 *
 * @throws `config-invalid` where pictures are made otherwise than here
 */
export function prismaticWarnings({ config, files }: Pick<RecipeRequest, "config" | "files">): string[] {
  const processor = files["preprocessor_config.json"];
  const unknown =
    processor === undefined
      ? []
      : checkFields(processor as CheckpointConfig, PROCESSOR_FIELDS, "preprocessor_config.json");
  const backbone = config["llm_backbone_id"];
  if (typeof backbone !== "string" || !/^vicuna|-chat$/u.test(backbone)) return unknown;
  return [
    ...unknown,
    `config.json: llm_backbone_id is ${backbone}, which was trained with a chat prompt; pass that with the plugin's option prompt`,
  ];
}
