/** How rows learn their positions: from an input, or counted in one of three ways. */
export const POSITIONS = ["none", "given", "range", "offset", "sum"] as const;
export const EXTRAS = ["skip", "embeds", "keys", "length", "input", "value"] as const;

/** Something that a layer reads besides the layer below it. */
export interface Extra {
  readonly kind: (typeof EXTRAS)[number];
  /** The layer that reads it, and, for most, the one that made it. */
  readonly at: number;
  readonly from: number;
}

/** A decoder of some layers, drawn at random. */
export interface DecoderPlan {
  readonly layers: number;
  readonly positions: (typeof POSITIONS)[number];
  /** Angles are looked up in a table rather than made of positions. */
  readonly table: boolean;
  readonly causal: boolean;
  /** Attention and MLP side by side. */
  readonly parallel: boolean;
  /** Two residual streams that are mixed in every layer. */
  readonly streams: 1 | 2;
  /** Caches come in and go out as copies of what is computed with, as where a dtype changes at the border. */
  readonly copies: boolean;
  readonly extras: readonly Extra[];
  /** Draws the order of nodes among those that are possible. */
  readonly order: number;
}
