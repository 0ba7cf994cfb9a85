/** The layers that the paper reads the action score from: ⌊L/2⌋ … L−1. */
export function latterHalf(layers: number): number[] {
  return Array.from({ length: layers }, (_, layer) => layer).slice(Math.floor(layers / 2));
}
