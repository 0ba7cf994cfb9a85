import {
  CACHED_DECODER_SHAPE,
  checkPluginBlock,
  isCount,
  isFlag,
  isText,
  listOf,
  optional,
  shaped,
  TOWER_SHAPE,
} from "@vla-pruner/format";
import type { CachedDecoderBlock, PlannedBlock, Shape, TowerBlock, VlaBlock } from "@vla-pruner/format";
import { ACTION_BINS_SHAPE, IMAGE_PROCESSOR_SHAPE } from "@vla-pruner/prismatic";
import type { ActionBins, ImageProcessorConfig } from "@vla-pruner/prismatic";

/** What the OpenVLA recipe writes into the `vla` block and the adapter reads: keys as in the file. */
export interface OpenVlaVla extends PlannedBlock {
  readonly image_processor: ImageProcessorConfig;
  readonly decoder: CachedDecoderBlock;
  readonly towers: readonly TowerBlock[];
  readonly action_tokens: ActionBins;
  /** Where `act` runs a whole step at once. */
  readonly one_run?: OneRunBlock;
  /** Ends every prompt; absent in model directories of earlier versions. */
  readonly empty_token_id?: number;
}

/** Facts of a graph `act` that runs a whole step. */
export interface OneRunBlock {
  /** Action tokens of a call. */
  readonly actions: number;
  /** Whether it is `step`, from pixels to tokens, and the only graph. */
  readonly ahead?: boolean;
  /** Outputs of `prefill_head` that `act` goes on from; where absent, it starts from the prompt. */
  readonly handed_over?: readonly string[];
}

const ONE_RUN: Shape<OneRunBlock> = {
  actions: isCount,
  ahead: optional(isFlag),
  handed_over: optional(listOf(isText)),
};

const OPENVLA: Shape<OpenVlaVla> = {
  decoder: CACHED_DECODER_SHAPE,
  image_processor: IMAGE_PROCESSOR_SHAPE,
  action_tokens: ACTION_BINS_SHAPE,
  towers: listOf(shaped(TOWER_SHAPE)),
  one_run: optional(shaped(ONE_RUN)),
};

/** The plugin's own part of the `vla` block, checked. @throws `model-invalid` */
export function checkOpenVla(vla: VlaBlock): OpenVlaVla {
  return checkPluginBlock(vla, OPENVLA);
}
