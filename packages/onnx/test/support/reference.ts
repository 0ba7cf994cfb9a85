/** Rows of numbers. The references below are the formulas, written as plainly as possible, in float64. */
export type Matrix = readonly (readonly number[])[];

/** A flat row-major array as rows. */
export function rowsOf(values: ArrayLike<number>, width: number): Matrix {
  const all = Array.from(values);
  return Array.from({ length: all.length / width }, (_, row) => all.slice(row * width, (row + 1) * width));
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? Number.NaN), 0);
}

export function plus(a: Matrix, b: Matrix): Matrix {
  return a.map((row, index) => row.map((value, column) => value + (b[index]?.[column] ?? Number.NaN)));
}

/** `x · Wᵀ + b`. */
export function linear(x: Matrix, weight: Matrix, bias: readonly number[] = weight.map(() => 0)): Matrix {
  return x.map((row) => weight.map((line, output) => dot(row, line) + (bias[output] ?? Number.NaN)));
}

export function rmsNorm(x: Matrix, weight: readonly number[], epsilon: number): Matrix {
  return x.map((row) => {
    const size = Math.sqrt(dot(row, row) / row.length + epsilon);
    return row.map((value, index) => (value / size) * (weight[index] ?? Number.NaN));
  });
}

export function layerNorm(
  x: Matrix,
  weight: readonly number[],
  bias: readonly number[],
  epsilon: number,
): Matrix {
  return x.map((row) => {
    const centre = average(row);
    const centred = row.map((value) => value - centre);
    return plus(rmsNorm([centred], weight, epsilon), [bias])[0] ?? [];
  });
}

export function softmax(row: readonly number[]): number[] {
  const largest = Math.max(...row);
  const powers = row.map((value) => Math.exp(value - largest));
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / total);
}

export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean of each column. */
export function columnMeans(matrix: Matrix): number[] {
  return (matrix[0] ?? []).map((_, column) => average(matrix.map((row) => row[column] ?? Number.NaN)));
}

export function cosine(a: readonly number[], b: readonly number[]): number {
  const norm = (row: readonly number[]): number => Math.max(1e-6, Math.sqrt(dot(row, row)));
  return dot(a, b) / (norm(a) * norm(b));
}
