const SHORTEST = 4e-3;
const LONGEST = 4;

/** The way from noise at time 1 to actions at time 0. */
export interface EulerSchedule {
  /** What a step adds to the time: −1 / steps, as a float32. */
  readonly delta: number;
  /** Times at which the velocity is asked for, float32. */
  readonly times: readonly number[];
}

/** Times added up in float32 like openpi's loop, so that the last ones carry the same rounding. */
export function eulerSchedule(steps: number): EulerSchedule {
  const delta = Math.fround(-1 / steps);
  const times: number[] = [];
  for (let time = 1; time >= -delta / 2; time = Math.fround(time + delta)) times.push(time);
  return { delta, times };
}

/**
 * Sines, then cosines of a time, float32 `[width]`: periods from 4e−3 to 4, computed in float64 (openpi
 * `create_sinusoidal_pos_embedding`).
 */
export function timeEmbedding(time: number, width: number): Float32Array {
  const half = width / 2;
  const angles = Float64Array.from({ length: half }, (_, index) => {
    const period = SHORTEST * (LONGEST / SHORTEST) ** (half > 1 ? index / (half - 1) : 0);
    return (time * 2 * Math.PI) / period;
  });
  const embedding = new Float32Array(width);
  embedding.set(angles.map(Math.sin), 0);
  embedding.set(angles.map(Math.cos), half);
  return embedding;
}
