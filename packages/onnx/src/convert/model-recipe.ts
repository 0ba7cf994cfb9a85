import type { PlannedBlock, Target } from "@vla-pruner/format";
import type { FloatType } from "../graph/value-types.ts";
import type { PlannedGraph } from "../graph/graph-model.ts";
import type { SyntheticTensor } from "../synthetic/synthetic-source.ts";
import type { TensorSource } from "../weights/tensor-source.ts";
import type { CheckpointFiles } from "./checkpoint-files.ts";
import type { ConfigFields } from "./config-fields.ts";
import type { UnneededTensors } from "./strict-tensors.ts";

/** A parsed `config.json`. */
export type CheckpointConfig = Readonly<Record<string, unknown>>;

/** What the user may say about the graphs. */
export interface RecipeOptions {
  /** Layers below it see all tokens. The architecture's own default where absent. */
  readonly pruneLayer?: number;
  /** Layers averaged into the action score; `latter-half` is ⌊L/2⌋ … L−1. */
  readonly actionLayers?: readonly number[] | "latter-half";
  /** Layers that report action attention: all of them, or only the action layers. Default `all`. */
  readonly tapLayers?: "all" | "action";
  readonly views?: number;
  readonly chunk?: number;
  readonly steps?: number;
  /** The kind of device that the graphs are made for. Default `cpu`, which runs on all. */
  readonly target?: Target;
  /** Whether one graph does a whole call, pixels to tokens, on tokens that were chosen before it. Default false. */
  readonly ahead?: boolean;
}

/** Names of the options above. */
export const RECIPE_OPTIONS: readonly (keyof RecipeOptions)[] = [
  "pruneLayer",
  "actionLayers",
  "tapLayers",
  "views",
  "chunk",
  "steps",
  "target",
  "ahead",
];

export interface RecipeRequest {
  readonly config: CheckpointConfig;
  /** The JSON and vector files that the recipe declares and the checkpoint has, by path. */
  readonly files: Readonly<Record<string, unknown>>;
  readonly checkpoint: TensorSource;
  readonly floatType: FloatType;
  readonly options: RecipeOptions;
}

/** One graph to be written, under the name of its session. */
export interface SessionPlan {
  readonly graph: PlannedGraph;
  /** Outputs that may stay on the device between runs; none where absent. */
  readonly deviceOutputs?: readonly string[];
}

export interface ConversionPlan {
  /** The `vla` block of `config.json`, without what the writer adds. Keys in snake_case. */
  readonly vla: PlannedBlock & Readonly<Record<string, unknown>>;
  readonly sessions: Readonly<Record<string, SessionPlan>>;
  /** Where the graphs' weights are read from, if not from the checkpoint as it is. Closed by nobody. */
  readonly weights?: TensorSource;
  /** Tensors that no graph reads, and why the model acts the same without them. Every other one is refused. */
  readonly unneeded?: readonly UnneededTensors[];
  /** What the user should know before trusting the model, a sentence each. */
  readonly warnings?: readonly string[];
}

/** How checkpoints of one architecture become graphs. A plugin exports one. */
export interface ModelRecipe {
  readonly architecture: string;
  /** What it wants of a checkpoint beside `config.json`, the weights and the tokenizer. */
  readonly files?: CheckpointFiles;
  /** Devices, beside `cpu`, that it has graphs of their own for. */
  readonly targets?: readonly Target[];
  /** Those of them for which one graph can do a whole call. */
  readonly aheadTargets?: readonly Target[];
  /** Every field of `config.json` that the code of this architecture knows; without it none is checked. */
  readonly fields?: ConfigFields;
  /** Tensors whose adapters (LoRA) the recipe merges itself; others are refused. */
  readonly mergesAdapters?: RegExp;
  /**
   * Whether a checkpoint is of this architecture.
   *
   * @param components names of the component files beside the weights: `action_head` …
   * @param present names of all files and folders beside the weights
   */
  matches(config: CheckpointConfig, components?: readonly string[], present?: readonly string[]): boolean;
  /**
   * A tensor's name as the graphs ask for it, whatever version of the training code wrote it; pure. Wrappers of
   * training (`module.`, `base_model.model.` …) are gone already.
   *
   * @param all names of the checkpoint's tensors
   */
  sanitize?(name: string, all: readonly string[]): string;
  plan(request: RecipeRequest): ConversionPlan;
  /**
   * Shapes and value ranges of all tensors of a checkpoint with this config, for synthetic weights;
   * `recordTensors` reads them off the graphs.
   */
  tensors(config: CheckpointConfig): ReadonlyMap<string, SyntheticTensor>;
  /** Named configs for `--synthetic`. */
  readonly presets: Readonly<Record<string, CheckpointConfig>>;
}
