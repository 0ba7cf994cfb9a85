import type { ProgressInfo } from "@huggingface/transformers";

export type Device = "cpu" | "webgpu" | "cuda" | "wasm";

/** Loading options, under the names that transformers.js uses. */
export interface PretrainedOptions {
  /** Where the graphs run. Default `cpu` in Node. */
  readonly device?: Device;
  /**
   * Threads of one session's operators. Default: as many as there are cores. Several processes side by side
   * are fastest with 1 each.
   */
  readonly threads?: number;
  readonly revision?: string;
  readonly cache_dir?: string;
  readonly local_files_only?: boolean;
  readonly progress_callback?: (progress: ProgressInfo) => void;
}
