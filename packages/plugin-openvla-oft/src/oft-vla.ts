import {
  checkPluginBlock,
  DECODER_SHAPE,
  isCount,
  isFlag,
  isWhole,
  listOf,
  oneOf,
  optional,
  shaped,
  TOWER_SHAPE,
} from "@vla-pruner/format";
import type { DecoderBlock, PlannedBlock, Shape, TowerBlock, VlaBlock } from "@vla-pruner/format";
import { ACTION_BINS_SHAPE, IMAGE_PROCESSOR_SHAPE } from "@vla-pruner/prismatic";
import type { ActionBins, ImageProcessorConfig } from "@vla-pruner/prismatic";

/** What turns hidden states into actions. */
export type HeadKind = "l1" | "discrete" | "diffusion";

/** Which statistics stand for −1 and 1: minimum and maximum, or 1 % and 99 % quantiles. */
export type Normalization = "bounds" | "bounds_q99";

/** What the OpenVLA-OFT recipe writes into the `vla` block and the adapter reads: keys as in the file. */
export interface OftVla extends PlannedBlock {
  readonly normalization: Normalization;
  readonly image_processor: ImageProcessorConfig;
  readonly action_head: HeadKind;
  /** Actions a call, and numbers an action. */
  readonly chunk: number;
  readonly action_size: number;
  /** Numbers of the robot's state; 0 where the model has no proprio token. */
  readonly state_size: number;
  /** Whether language steers the vision towers. */
  readonly film: boolean;
  /** Denoising steps of a diffusion head; 0 for the others. */
  readonly steps: number;
  readonly action_tokens: ActionBins;
  /** Whether `act` runs all layers, from the prompt on. */
  readonly one_run?: boolean;
  /** Whether that is graph `step`, from pixels to actions, and the only one. */
  readonly ahead?: boolean;
  /** Ends every prompt; absent in model directories of earlier versions. */
  readonly empty_token_id?: number;
  readonly decoder: DecoderBlock;
  readonly towers: readonly TowerBlock[];
}

const OFT: Shape<OftVla> = {
  views: oneOf(1, 2, 3),
  normalization: oneOf("bounds", "bounds_q99"),
  image_processor: IMAGE_PROCESSOR_SHAPE,
  action_head: oneOf("l1", "discrete", "diffusion"),
  chunk: isCount,
  action_size: isCount,
  state_size: isWhole,
  film: isFlag,
  steps: isWhole,
  one_run: optional(isFlag),
  ahead: optional(isFlag),
  action_tokens: ACTION_BINS_SHAPE,
  decoder: DECODER_SHAPE,
  towers: listOf(shaped(TOWER_SHAPE)),
};

/** The plugin's own part of the `vla` block, checked. @throws `model-invalid` */
export function checkOft(vla: VlaBlock): OftVla {
  return checkPluginBlock(vla, OFT);
}
