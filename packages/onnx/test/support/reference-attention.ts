import { average, dot, rowsOf, softmax } from "./reference.ts";
import type { Matrix } from "./reference.ts";

export interface Heads {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
}

/** Columns of one head. */
function headOf(x: Matrix, head: number, headSize: number): Matrix {
  return x.map((row) => row.slice(head * headSize, (head + 1) * headSize));
}

/** LLaMA's rotation: element i of the first half of a head turns with element i of the second half. */
export function rotated(x: Matrix, positions: readonly number[], headSize: number, theta: number): Matrix {
  const half = headSize / 2;
  return x.map((row, index) =>
    rowsOf(row, headSize).flatMap((head) =>
      head.map((value, place) => {
        const angle = (positions[index] ?? Number.NaN) * theta ** ((-2 * (place % half)) / headSize);
        const partner =
          place < half ? -(head[place + half] ?? Number.NaN) : (head[place - half] ?? Number.NaN);
        return value * Math.cos(angle) + partner * Math.sin(angle);
      }),
    ),
  );
}

/**
 * Attention probabilities of every head, `[heads][rows][columns]`. Under a causal mask the last row sees
 * all columns, the row above it one less, and so on.
 */
export function probabilities(query: Matrix, key: Matrix, sizes: Heads, causal: boolean): Matrix[] {
  const { heads, keyValueHeads, headSize } = sizes;
  return Array.from({ length: heads }, (_, head) => {
    const keys = headOf(key, Math.floor(head / (heads / keyValueHeads)), headSize);
    return headOf(query, head, headSize).map((row, index) => {
      const visible = causal ? key.length - query.length + index + 1 : key.length;
      const scores = keys.slice(0, visible).map((line) => dot(row, line) / Math.sqrt(headSize));
      return [...softmax(scores), ...keys.slice(visible).map(() => 0)];
    });
  });
}

/** Attention, `[rows, heads · headSize]`. */
export function attention(query: Matrix, key: Matrix, value: Matrix, sizes: Heads, causal: boolean): Matrix {
  const { heads, keyValueHeads, headSize } = sizes;
  const byHead = probabilities(query, key, sizes, causal);
  return query.map((_, row) =>
    byHead.flatMap((map, head) => {
      const values = headOf(value, Math.floor(head / (heads / keyValueHeads)), headSize);
      return Array.from({ length: headSize }, (_unused, place) =>
        dot(
          map[row] ?? [],
          values.map((line) => line[place] ?? Number.NaN),
        ),
      );
    }),
  );
}

/** Mean over heads, `[rows, columns]`. */
export function headMean(maps: readonly Matrix[]): Matrix {
  return (maps[0] ?? []).map((row, index) =>
    row.map((_, column) => average(maps.map((map) => map[index]?.[column] ?? Number.NaN))),
  );
}

/** `[rows, heads · headSize]` → the cache's `[heads, rows, headSize]`, flat. */
export function asCache(x: Matrix, heads: number, headSize: number): number[] {
  return Array.from({ length: heads }, (_, head) => headOf(x, head, headSize).flat()).flat();
}
