/** Share of the tokens that show something which were kept; `null` where none shows it. */
export function keptShare(shown: Float32Array, keep: Int32Array): number | null {
  const visible = shown.filter((share) => share > 0).length;
  if (visible === 0) return null;
  return keep.filter((token) => (shown[token] ?? 0) > 0).length / visible;
}

/** Share of the kept tokens that had been kept before, too. */
export function overlapOf(keep: Int32Array, before: Int32Array | null): number | null {
  if (before === null || keep.length === 0) return null;
  const known = new Set(before);
  return keep.filter((token) => known.has(token)).length / keep.length;
}
