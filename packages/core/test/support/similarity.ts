import fc from "fast-check";

/** Cosine similarities of `size` tokens, float32 `[size, size]`; no two pairs are alike, and 1 − s is exact. */
export function distinctSimilarity(size: number): fc.Arbitrary<Float32Array> {
  const pairs = (size * (size - 1)) / 2;
  const steps = Array.from({ length: pairs + 64 }, (_, step) => step);
  return fc.shuffledSubarray(steps, { minLength: pairs, maxLength: pairs }).map((values) => {
    let pair = 0;
    return symmetric(size, () => (values[pair++] ?? 0) / 1024 - 0.25);
  });
}

/** Similarities out of few values: duplicates (1), tokens without a norm (0), and ties in plenty. */
export function coarseSimilarity(size: number): fc.Arbitrary<Float32Array> {
  const pairs = (size * (size - 1)) / 2;
  const value = fc.constantFrom(1, 1, 0, 0.5, -0.25);
  return fc.array(value, { minLength: pairs, maxLength: pairs }).map((values) => {
    let pair = 0;
    return symmetric(size, () => values[pair++] ?? 0);
  });
}

function symmetric(size: number, next: () => number): Float32Array {
  const similarity = new Float32Array(size * size);
  for (let row = 0; row < size; row += 1) {
    similarity[row * size + row] = 1;
    for (let column = 0; column < row; column += 1) {
      similarity[row * size + column] = similarity[column * size + row] = next();
    }
  }
  return similarity;
}
