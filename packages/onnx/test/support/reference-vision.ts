import { layerNorm, linear, plus } from "./reference.ts";
import type { Matrix } from "./reference.ts";
import { attention } from "./reference-attention.ts";

/** Reads weights: `matrix` as rows, `vector` flat. */
export interface Weights {
  readonly matrix: (name: string) => Matrix;
  readonly vector: (name: string) => readonly number[];
}

const EPSILON = 1e-6;

/** Patches of one picture `[3, side, side]`, row by row, each as a flat `[3 · patch · patch]`. */
export function patchesOf(picture: readonly number[], side: number, patch: number): Matrix {
  const across = side / patch;
  return Array.from({ length: across * across }, (_, index) => {
    const [top, left] = [Math.floor(index / across) * patch, (index % across) * patch];
    return Array.from({ length: 3 * patch * patch }, (_unused, place) => {
      const channel = Math.floor(place / (patch * patch));
      const row = top + (Math.floor(place / patch) % patch);
      return picture[(channel * side + row) * side + left + (place % patch)] ?? Number.NaN;
    });
  });
}

/** One timm block: attention and MLP, each behind a norm, scaled, and added. */
export function visionBlock(
  x: Matrix,
  { matrix, vector }: Weights,
  heads: number,
  activate: (value: number) => number,
  scaled: boolean,
): Matrix {
  const width = x[0]?.length ?? 0;
  const project = (rows: Matrix, name: string): Matrix =>
    linear(rows, matrix(`${name}.weight`), vector(`${name}.bias`));
  const norm = (rows: Matrix, name: string): Matrix =>
    layerNorm(rows, vector(`${name}.weight`), vector(`${name}.bias`), EPSILON);
  const scale = (rows: Matrix, name: string): Matrix => {
    const factors = scaled ? vector(`${name}.scale_factor`) : Array.from({ length: width }, () => 1);
    return rows.map((row) => row.map((value, index) => value * (factors[index] ?? Number.NaN)));
  };

  const qkv = project(norm(x, "norm1"), "attn.qkv");
  const part = (index: number): Matrix => qkv.map((row) => row.slice(index * width, (index + 1) * width));
  const sizes = { heads, keyValueHeads: heads, headSize: width / heads };
  const attended = attention(part(0), part(1), part(2), sizes, false);
  const middle = plus(x, scale(project(attended, "attn.proj"), "ls1"));
  const inner = project(norm(middle, "norm2"), "mlp.fc1").map((row) => row.map(activate));
  return plus(middle, scale(project(inner, "mlp.fc2"), "ls2"));
}
