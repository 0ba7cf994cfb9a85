/** The 95 % interval of a share of successes, after Wilson (1927). */
export function wilsonInterval(successes: number, trials: number): [low: number, high: number] {
  const z = 1.959963984540054;
  const share = successes / trials;
  const spread = z * z;
  const centre = share + spread / (2 * trials);
  const half = z * Math.sqrt((share * (1 - share)) / trials + spread / (4 * trials * trials));
  const scale = 1 + spread / trials;
  return [(centre - half) / scale, (centre + half) / scale];
}
