/** How the visual tokens of a view lie over its picture. */
export interface PatchGrid {
  readonly columns: number;
  readonly rows: number;
}

/**
 * The grid of a view's tokens. Vision towers cut a square picture into square patches, row by row; other
 * counts are not patches, and nothing can be laid over the picture for them.
 */
export function patchGrid(tokens: number): PatchGrid | null {
  const side = Math.round(Math.sqrt(tokens));
  return side > 0 && side * side === tokens ? { columns: side, rows: side } : null;
}
