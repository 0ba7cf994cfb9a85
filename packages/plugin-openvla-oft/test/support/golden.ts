import { readFileSync } from "node:fs";
import type { NormStats } from "@vla-pruner/core";
import type { PackedArray, PackedRows } from "../../../core/test/support/packed-array.ts";

export { unpack } from "../../../core/test/support/packed-array.ts";
export type { PackedArray, PackedRows } from "../../../core/test/support/packed-array.ts";

/** `dense-*.json`: the official model, unpruned. */
export interface DenseGolden {
  readonly pruneLayer: number;
  readonly cases: Readonly<Record<string, DenseCase>>;
}

export interface DenseCase {
  readonly head: "l1" | "discrete" | "diffusion";
  readonly views: number;
  readonly proprio: boolean;
  readonly ddimSteps?: number;
  readonly layout: { readonly length: number };
  readonly steps: readonly DenseStep[];
}

export interface DenseStep {
  /** `[chunk][action]` */
  readonly normalized: readonly (readonly number[])[];
  readonly action: Readonly<Record<"bounds" | "bounds_q99", readonly (readonly number[])[]>>;
  /** Noise predictions and samples of every denoising step, `[steps, chunk, action]`. */
  readonly diffusion?: {
    readonly timesteps: readonly number[];
    readonly noisePredictions: PackedArray;
    readonly samples: PackedArray;
  };
  readonly tokens?: readonly number[] | readonly (readonly number[])[];
  readonly proprio?: Readonly<Record<"bounds" | "bounds_q99", readonly number[]>>;
  readonly semantic?: Readonly<Record<"prefill" | "last" | "text", PackedArray>>;
  /** `[layers, vision]` */
  readonly actionAttention?: PackedArray;
  readonly imageFeatures?: PackedRows;
  readonly hiddenStates?: PackedRows;
}

/** `pruned-libero.json`: our patch on the official model. */
export interface PrunedGolden {
  readonly actionLayers: readonly number[];
  readonly cases: Readonly<Record<string, PrunedCase>>;
}

export interface PrunedCase {
  readonly pruner: string;
  readonly retention: number;
  readonly semanticRows?: "last" | "prefill";
  readonly budget?: "view" | "joint";
  readonly steps: readonly PrunedStep[];
}

export interface PrunedStep {
  readonly decision: "dense" | "pruned";
  readonly normalized: readonly (readonly number[])[];
  /** By view, indices within it. */
  readonly kept: readonly (readonly number[])[];
  /** How close the choices were, by view; `null` where there was none. */
  readonly margins: readonly Readonly<Record<"semantic" | "forecast" | "diversity", number | null>>[];
  readonly semantic?: PackedArray | null;
  readonly forecast?: PackedArray | null;
  readonly actionAttention?: PackedArray;
}

/** Statistics of a fixture. */
export function readStatisticsFile(name: string): Readonly<Record<string, NormStats>> {
  const file = new URL(`../golden/components/${name}/dataset_statistics.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Record<string, NormStats>;
}

/** A golden file, to be taken for what its script writes. */
export function readGolden(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));
}
