/** Heads of one attention layer. */
export interface HeadSizes {
  readonly heads: number;
  /** Key/value heads; fewer than `heads` under grouped-query attention. */
  readonly keyValueHeads: number;
  readonly headSize: number;
}
