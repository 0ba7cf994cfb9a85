import { readFileSync } from "node:fs";
import type { PackedArray, PackedRows } from "../../../core/test/support/packed-array.ts";

export { unpack } from "../../../core/test/support/packed-array.ts";
export type { PackedArray, PackedRows } from "../../../core/test/support/packed-array.ts";

/** `dense-*.json`: the official model, unpruned. */
export interface DenseGolden {
  readonly pruneLayer: number;
  readonly steps: readonly {
    readonly tokens: readonly number[];
    readonly action: readonly number[];
    readonly semantic: Readonly<Record<"prefill" | "last" | "text", PackedArray>>;
    /** `[layers, vision]` */
    readonly actionAttention: PackedArray;
    readonly imageFeatures?: PackedRows;
    readonly hiddenStates?: PackedRows;
  }[];
}

/** `pruned-reference.json`: the published pruning code. */
export interface PrunedGolden {
  readonly actionLayers: readonly number[];
  readonly cases: Readonly<Record<string, PrunedCase>>;
}

export interface PrunedCase {
  readonly pruner: string;
  readonly retention: number;
  readonly semanticRows?: "last" | "prefill";
  readonly weightOrder?: "legacy" | "fixed";
  readonly steps: readonly PrunedStep[];
}

export interface PrunedStep {
  readonly decision: "dense" | "pruned";
  readonly tokens: readonly number[];
  readonly action: readonly number[];
  readonly kept: readonly number[];
  /** How close the choices were; `null` where there was none. */
  readonly margins?: Readonly<Record<"semantic" | "forecast" | "diversity", number | null>>;
  readonly semantic?: PackedArray;
  readonly forecast?: PackedArray | null;
  readonly actionAttention?: PackedArray;
}

/** A golden file, to be taken for what its script writes. */
export function readGolden(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));
}
