import {
  CACHED_DECODER_SHAPE,
  checkPluginBlock,
  isCount,
  isFlag,
  listOf,
  objectOf,
  oneOf,
  optional,
} from "@vla-pruner/format";
import type {
  CachedDecoderBlock,
  NormStats,
  PlannedBlock,
  Shape,
  TowerBlock,
  VlaBlock,
} from "@vla-pruner/format";
import { VIEWS } from "./views.ts";
import type { ViewName } from "./views.ts";

/**
 * How a vector is brought to the model's units: z-scores; 1 % and 99 % or 10 % and 90 % quantiles, or minimum and maximum,
 * to −1 … 1; or not at all.
 */
export type NormMode = "z-score" | "quantiles" | "deciles" | "min-max" | "identity";

/** Whose formulas and prompts a checkpoint was trained with; they differ in epsilons and in white space. */
export type Convention = "openpi" | "lerobot";

/** What the π0 recipe writes into the `vla` block and the adapter reads: keys as in the file. */
export interface Pi0Vla extends PlannedBlock {
  readonly variant: "pi0" | "pi05";
  readonly convention: Convention;
  /** Side of the square pictures, pixels. */
  readonly image_size: number;
  /** By asset id: `state` and `action`, each with `mean`, `std`, `q01`, `q99` as far as known. */
  readonly norm_stats: Readonly<Record<string, NormStats>>;
  readonly normalization: { readonly state: NormMode; readonly action: NormMode };
  /** Numbers of a robot's action; as many as its statistics have where absent. */
  readonly robot_action_size?: number;
  /** Numbers of an action that are relative to the state; none where absent. */
  readonly relative_actions?: readonly boolean[];
  /** Whether π0.5 finds the state in its prompt; absent where it does, and in π0. */
  readonly prompt_state?: boolean;
  /** The robot's names of cameras, where the checkpoint has them → slots. */
  readonly cameras?: Readonly<Record<string, ViewName>>;
  /** Tokens of a prompt, at most; longer ones are cut as openpi does. */
  readonly prompt_tokens: number;
  /** Actions in a chunk. */
  readonly horizon: number;
  /** Width of an action, and of the state, in the model; shorter vectors are padded with zeros. */
  readonly action_size: number;
  readonly state_size: number;
  /** Euler steps of a call. */
  readonly steps: number;
  readonly decoder: CachedDecoderBlock;
  readonly expert: { readonly hidden: number; readonly intermediate: number };
  readonly tower: Omit<TowerBlock, "tokens">;
  /** Whether one run of `act` does all Euler steps, and the layers above the cut before them; absent where it does not. */
  readonly one_run?: true;
  /** Whether that run is `step`, from pixels on; absent where it is not. */
  readonly ahead?: true;
  /** Whether one run of `denoise` does all Euler steps: `steps` and no other number; absent where it does not. */
  readonly one_denoise?: true;
}

const MODE = oneOf("z-score", "quantiles", "deciles", "min-max", "identity");

const PI0: Shape<Pi0Vla> = {
  variant: oneOf("pi0", "pi05"),
  convention: oneOf("openpi", "lerobot"),
  views: oneOf(1, 2, 3),
  image_size: isCount,
  normalization: { state: MODE, action: MODE },
  robot_action_size: optional(isCount),
  relative_actions: optional(listOf(isFlag, 1)),
  prompt_state: optional(isFlag),
  cameras: optional(objectOf(oneOf(...VIEWS))),
  prompt_tokens: isCount,
  horizon: isCount,
  action_size: isCount,
  state_size: isCount,
  steps: isCount,
  decoder: CACHED_DECODER_SHAPE,
  expert: { hidden: isCount, intermediate: isCount },
  tower: { layers: isCount, hidden: isCount, intermediate: isCount },
  one_run: optional(oneOf(true)),
  ahead: optional(oneOf(true)),
  one_denoise: optional(oneOf(true)),
};

/** The plugin's own part of the `vla` block, checked. @throws `model-invalid` */
export function checkPi0(vla: VlaBlock): Pi0Vla {
  return checkPluginBlock(vla, PI0);
}
