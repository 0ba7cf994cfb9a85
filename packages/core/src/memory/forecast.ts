/**
 * Decayed mean of past action attention (method 3, paper equation for the temporal estimate):
 * `Σ γ^i · S(t−i) / Σ γ^i`, `i = 1 … w`, newest first.
 *
 * @param entries `w` vectors `[vision]`, newest first
 * @param legacyWeightOrder gives the oldest the largest weight, as MINT-SJTU/VLA-Pruner fa5bfed did
 */
export function forecastOf(
  entries: readonly Float32Array[],
  { decay, legacyWeightOrder }: { decay: number; legacyWeightOrder: boolean },
): Float32Array {
  const weights = entries.map(
    (_, index) => decay ** (legacyWeightOrder ? entries.length - index : index + 1),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const length = entries[0]?.length ?? 0;
  const forecast = new Float32Array(length);
  for (let column = 0; column < length; column += 1) {
    let sum = 0;
    for (const [index, entry] of entries.entries()) sum += (weights[index] ?? 0) * (entry[column] ?? 0);
    forecast[column] = sum / total;
  }
  return forecast;
}
