import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** A vector as the Python scripts write it: little-endian float32. */
export interface Packed {
  readonly shape: readonly number[];
  readonly base64: string;
}

/** Some rows of a matrix, by their numbers. */
export interface PackedRows extends Packed {
  readonly rows: readonly number[];
}

/** One golden step of the dense model. */
export interface DenseCase {
  readonly line: number;
  readonly steps: number;
  readonly views: readonly string[];
  readonly imageFeatures: Readonly<Record<string, PackedRows>>;
  readonly prefixPositions: readonly number[];
  readonly suffixPositions: readonly number[];
  readonly hiddenStates: PackedRows;
  readonly velocity: readonly Packed[];
  readonly actions: Packed;
  readonly semantic: Readonly<Record<"prefill" | "last" | "text", Packed>>;
  readonly actionAttention: Packed;
  readonly robotActions: Packed;
}

export interface DenseGolden {
  readonly cases: readonly DenseCase[];
}

/** One golden step of a pruned episode; `kept` is null where all is kept. */
export interface PrunedStep {
  readonly views: readonly string[];
  readonly decision: "dense" | "pruned";
  readonly actions: Packed;
  readonly kept: readonly (readonly number[])[] | null;
  readonly semantic?: Packed;
  readonly forecast?: Packed | null;
  readonly actionAttention?: Packed;
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

export function unpack({ base64 }: Packed): Float32Array {
  const bytes = Buffer.from(base64, "base64");
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}

export function sha256(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Fails when any number is further from the golden one than `tolerance`. */
export function assertClose(found: ArrayLike<number>, golden: Packed, tolerance: number, what: string): void {
  const expected = unpack(golden);
  assert.equal(found.length, expected.length, `${what}: length`);
  const worst = expected.reduce((most, value, index) => {
    const away = Math.abs(value - (found[index] ?? Number.NaN));
    return away > most || Number.isNaN(away) ? away : most;
  }, 0);
  assert.ok(worst <= tolerance, `${what}: ${worst} away, more than ${tolerance}`);
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
