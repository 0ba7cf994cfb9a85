export interface TensorInfo {
  /** Storage type, as safetensors names it. */
  readonly dtype: "F32" | "F16" | "BF16";
  readonly dims: readonly number[];
}

/** How the values of a synthetic tensor are drawn: `mean` plus uniform noise of the given deviation. */
export interface Spread {
  readonly mean?: number;
  /** Standard deviation; `1/√in` of a matrix `[out, in]` where absent, 0.02 of a vector. */
  readonly deviation?: number;
}

/** Where weights come from: a checkpoint on disk, or a generator. Nothing is read before it is asked for. */
export interface TensorSource {
  readonly names: readonly string[];
  info(name: string): TensorInfo | undefined;
  /** `count` elements from `start` on, in row-major order, as float32. */
  read(name: string, start: number, count: number): Promise<Float32Array>;
  close(): Promise<void>;
  /** Told of each tensor that a graph asks for, before `info` is; for sources that note them down. */
  expect?(name: string, dims: readonly number[], spread: Spread): void;
}

/** Elements of a tensor of these dims. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((size, dim) => size * dim, 1);
}
