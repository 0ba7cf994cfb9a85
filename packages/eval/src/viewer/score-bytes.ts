/** A score map for the page: shares of its largest value on a square-root scale, 0 … 255, in base64. */
export interface ScoreBytes {
  readonly bytes: string;
  /** The largest score. */
  readonly peak: number;
}

/** The square root shows the low end of attention, which would be black beside its peaks. */
export function scoreBytes(scores: Float32Array): ScoreBytes {
  const peak = scores.reduce((largest, score) => (score > largest ? score : largest), 0);
  const bytes = Uint8Array.from(scores, (score) =>
    peak > 0 && score > 0 ? Math.round(255 * Math.sqrt(score / peak)) : 0,
  );
  return { bytes: base64(bytes), peak };
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}
