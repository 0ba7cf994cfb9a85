import type { Target } from "./targets.ts";

/** Version of the format that this package describes. */
export const FORMAT = 1;

/** Statistics of one training set: what a plugin needs to un-normalise actions and normalise proprio. */
export interface NormStats {
  readonly action: Readonly<Record<string, unknown>>;
  readonly [other: string]: unknown;
}

/** Where a model's statistics are from and what is done with them, for people: `inspect` prints it. */
export interface StatisticsNote {
  /** The checkpoint's file. */
  readonly from: string;
  /** How model units become actions: `q01 … q99 from −1 … 1`. */
  readonly action: string;
  /** How the robot's state becomes model units; `null` where the model takes none. */
  readonly state: string | null;
}

/** Bytes of a graph file and of each of its data files, for the integrity check before loading. */
export interface GraphBytes {
  readonly graph: number;
  readonly data: readonly number[];
}

/** One session in the `vla` block of `config.json`. */
export interface SessionEntry {
  /** Base name below `onnx/`, without the dtype suffix. */
  readonly file: string;
  readonly bytes: GraphBytes;
  /** Outputs that may stay on the device between runs. */
  readonly device_outputs?: readonly string[];
  /** Where it differs from the model's. */
  readonly dtype?: string;
  /** Other dtypes that the session is there in. */
  readonly variants?: Readonly<Record<string, GraphBytes>>;
}

/** The `vla` block that `convert` writes into `config.json`. Keys in snake_case, as in the file. */
export interface VlaBlock {
  readonly format: typeof FORMAT;
  readonly architecture: string;
  readonly dtype: string;
  /** The kind of device that the graphs are made for; `cpu`, the form that suits all, where absent. */
  readonly target?: Target;
  readonly prune_layer: number;
  readonly action_layers: readonly number[];
  readonly tapped_layers: readonly number[];
  readonly views: number;
  readonly vision_tokens_per_view: number;
  readonly sessions: Readonly<Record<string, SessionEntry>>;
  readonly norm_stats: Readonly<Record<string, NormStats>>;
  /** Absent in model directories of earlier versions. */
  readonly statistics?: StatisticsNote;
  /** Facts that only the architecture's own plugin reads. */
  readonly [pluginKey: string]: unknown;
}

/** What a recipe plans of the block: the writer adds format, architecture, dtype and sessions. */
export type PlannedBlock = Pick<
  VlaBlock,
  | "prune_layer"
  | "action_layers"
  | "tapped_layers"
  | "views"
  | "vision_tokens_per_view"
  | "norm_stats"
  | "statistics"
>;

/** Sizes of a language model, under `decoder`, as most plugins write them. */
export interface DecoderBlock {
  readonly layers: number;
  readonly hidden: number;
  readonly intermediate: number;
  readonly vocabulary: number;
  /** Rows of the rotary tables: tokens of a sequence, at most. */
  readonly positions: number;
  readonly float_type: "float32" | "float16";
}

/** The heads of a decoder whose keys and values are cached. */
export interface CachedDecoderBlock extends DecoderBlock {
  readonly heads: number;
  readonly key_value_heads: number;
  readonly head_size: number;
}

/** Sizes of a vision tower, for the cost model. */
export interface TowerBlock {
  readonly layers: number;
  readonly hidden: number;
  readonly intermediate: number;
  readonly tokens: number;
}
