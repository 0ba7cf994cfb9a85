import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { assertClose as assertNear } from "../../../core/test/support/close-to.ts";
import { unpack } from "../../../core/test/support/packed-array.ts";
import type { PackedArray, PackedRows } from "../../../core/test/support/packed-array.ts";

export { unpack } from "../../../core/test/support/packed-array.ts";
export type { PackedArray } from "../../../core/test/support/packed-array.ts";

/** One golden step of the dense model. */
export interface DenseCase {
  readonly line: number;
  readonly steps: number;
  readonly views: readonly string[];
  readonly imageFeatures: Readonly<Record<string, PackedRows>>;
  readonly prefixPositions: readonly number[];
  readonly suffixPositions: readonly number[];
  readonly hiddenStates: PackedRows;
  readonly velocity: readonly PackedArray[];
  readonly actions: PackedArray;
  readonly semantic: Readonly<Record<"prefill" | "last" | "text", PackedArray>>;
  readonly actionAttention: PackedArray;
  readonly robotActions: PackedArray;
}

export interface DenseGolden {
  readonly cases: readonly DenseCase[];
}

/** One golden step of a pruned episode; `kept` is null where all is kept. */
export interface PrunedStep {
  readonly views: readonly string[];
  readonly decision: "dense" | "pruned";
  readonly actions: PackedArray;
  readonly kept: readonly (readonly number[])[] | null;
  readonly semantic?: PackedArray;
  readonly forecast?: PackedArray | null;
  readonly actionAttention?: PackedArray;
}

export interface PrunedGolden {
  readonly pruneLayer: number;
  readonly eulerSteps: number;
  readonly actionLayers: readonly number[];
  readonly cases: Readonly<
    Record<
      string,
      {
        readonly semanticRows: "prefill" | "last";
        readonly retention: number;
        readonly steps: readonly PrunedStep[];
      }
    >
  >;
}

export function readGolden(name: string): unknown {
  return JSON.parse(readFileSync(goldenPath(`${name}.json`), "utf8"));
}

export function goldenPath(file: string): string {
  return new URL(`../golden/${file}`, import.meta.url).pathname;
}

export function sha256(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Fails when any number is further from the golden one than `tolerance`. */
export function assertClose(
  found: ArrayLike<number>,
  golden: PackedArray,
  tolerance: number,
  what: string,
): void {
  assertNear(found, unpack(golden), tolerance, what);
}

/** Fails when a golden row differs from the same row of `[…, rows, width]`. */
export function assertRowsClose(
  found: Float32Array,
  golden: PackedRows,
  tolerance: number,
  what: string,
): void {
  const width = golden.shape.at(-1) ?? 0;
  const rows = golden.rows.flatMap((row) => [...found.subarray(row * width, (row + 1) * width)]);
  assertClose(rows, golden, tolerance, what);
}
