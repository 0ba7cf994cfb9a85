/** Where a sequence holds its visual tokens. */
export interface VisualSpan {
  /** Rows before the first of them. */
  readonly start: number;
  /** Visual tokens. */
  readonly vision: number;
  /** Rows in all. */
  readonly sequence: number;
}

/**
 * Rows of a sequence that go on above the cut, `[sequence − vision + kept]`, in order: all that are not visual, and the kept
 * ones that are. The numbers of the rows are their positions.
 *
 * @param keep numbers of kept visual tokens, ascending, `[kept]`
 */
export function keptRows(keep: Int32Array, { start, vision, sequence }: VisualSpan): number[] {
  const after = start + vision;
  return [
    ...Array.from({ length: start }, (_, row) => row),
    ...Array.from(keep, (index) => start + index),
    ...Array.from({ length: sequence - after }, (_, row) => after + row),
  ];
}
