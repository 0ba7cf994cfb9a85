/** Seed of the `n`th training episode. */
export function trainSeed(n: number): number {
  return 2 * n;
}

/** Seed of the `n`th test episode; never one of training. */
export function testSeed(n: number): number {
  return 2 * n + 1;
}
