import type { GraphSession } from "./runtime/graph-session.ts";

/** Statistics of one training set: what a plugin needs to un-normalise actions and normalise proprio. */
export interface NormStats {
  readonly action: Readonly<Record<string, unknown>>;
  readonly [other: string]: unknown;
}

/** One session in the `vla` block of `config.json`. */
export interface SessionEntry {
  /** Base name below `onnx/`, without the dtype suffix. */
  readonly file: string;
  /** Bytes of the graph file and of each of its data files, for the integrity check before loading. */
  readonly bytes: { readonly graph: number; readonly data: readonly number[] };
  /** Outputs that may stay on the device between runs. */
  readonly device_outputs?: readonly string[];
}

/** The `vla` block that `convert` writes into `config.json`. Keys in snake_case, as in the file. */
export interface VlaBlock {
  readonly format: 1;
  readonly architecture: string;
  readonly dtype: string;
  readonly prune_layer: number;
  readonly action_layers: readonly number[];
  readonly tapped_layers: readonly number[];
  readonly views: number;
  readonly vision_tokens_per_view: number;
  readonly sessions: Readonly<Record<string, SessionEntry>>;
  readonly norm_stats: Readonly<Record<string, NormStats>>;
  /** Facts that only the architecture's own plugin reads. */
  readonly [pluginKey: string]: unknown;
}

/** A tokenizer, reduced to what a VLA needs. */
export interface Tokenizer {
  /** Text → token ids, special tokens included. */
  encode(text: string): number[];
}

/** A loaded model, as a plugin receives it. */
export interface VlaModelParts {
  readonly vla: VlaBlock;
  /** `config.json` as it stands in the model directory. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly sessions: Readonly<Record<string, GraphSession>>;
  /** Absent where the model directory has no tokenizer files; numeric observations need none. */
  readonly tokenizer: Tokenizer | null;
}
