import type { ProgressInfo } from "@huggingface/transformers";
import type { DtypeChoice } from "@vla-pruner/format";
import type { Device } from "../runtime/devices.ts";

/** Loading options, under the names that transformers.js uses. */
export interface PretrainedOptions {
  /** Where the graphs run. Default `cpu` in Node, `wasm` in browsers. */
  readonly device?: Device;
  /**
   * Which of the dtypes that a model has: for all sessions, `"q4"`, or by name as in transformers.js,
   * `{ vision_encoder: "fp16", act: "q4" }`; `*` stands for the others. Default: the model's own.
   */
  readonly dtype?: DtypeChoice;
  /**
   * Threads of one session's operators. Default: as many as there are cores. Several processes side by side
   * are fastest with 1 each.
   */
  readonly threads?: number;
  /**
   * Whether WebGPU in Node keeps the buffers of a run for the next one, however many there are: faster, for memory that
   * grows with every length of prompt that is met. Default `false`.
   */
  readonly keepBuffers?: boolean;
  readonly revision?: string;
  readonly cache_dir?: string;
  readonly local_files_only?: boolean;
  readonly progress_callback?: (progress: ProgressInfo) => void;
}

/** Names of the options above. */
export const PRETRAINED_OPTIONS: readonly (keyof PretrainedOptions)[] = [
  "device",
  "dtype",
  "threads",
  "keepBuffers",
  "revision",
  "cache_dir",
  "local_files_only",
  "progress_callback",
];
