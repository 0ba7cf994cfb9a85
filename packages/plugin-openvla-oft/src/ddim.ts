/** Steps that the official diffusion heads were trained with. */
export const TRAINED_STEPS = 50;

/** Noise is never scaled beyond this in one step (squaredcos_cap_v2). */
const LARGEST_BETA = 0.999;

const { fround } = Math;

/** Cumulative products of α at each training step, float32 (squaredcos_cap_v2). */
const CUMULATIVE = cumulativeAlphas();

/** The way from noise to actions, as diffusers' DDIM scheduler goes it: η 0, samples clipped to ±1. */
export class DdimSchedule {
  /** Training steps at which noise is predicted, descending. */
  readonly timesteps: readonly number[];
  readonly #stride: number;

  constructor(steps: number) {
    this.#stride = Math.floor(TRAINED_STEPS / steps);
    this.timesteps = Array.from({ length: steps }, (_, index) => (steps - 1 - index) * this.#stride);
  }

  /** One step closer to the actions, float32. */
  step(sample: Float32Array, noise: Float32Array, timestep: number): Float32Array {
    const now = CUMULATIVE[timestep] ?? 1;
    const next = CUMULATIVE[timestep - this.#stride] ?? 1;
    const [signal, spread] = [fround(Math.sqrt(now)), fround(Math.sqrt(fround(1 - now)))];
    const [nextSignal, nextSpread] = [fround(Math.sqrt(next)), fround(Math.sqrt(fround(1 - next)))];
    return sample.map((value, index) => {
      const predicted = fround(fround(value - fround(spread * (noise[index] ?? 0))) / signal);
      const clean = Math.min(1, Math.max(-1, predicted));
      return fround(nextSignal * clean) + fround(nextSpread * (noise[index] ?? 0));
    });
  }
}

/** Sines, then cosines of a training step, float32 `[width]` (official `SinusoidalPositionalEncoding`). */
export function timeEmbedding(timestep: number, width: number): Float32Array {
  const half = width / 2;
  const embedding = new Float32Array(width);
  for (let index = 0; index < half; index += 1) {
    const angle = timestep * Math.exp((-Math.log(10_000) * index) / (half - 1));
    embedding[index] = Math.sin(angle);
    embedding[half + index] = Math.cos(angle);
  }
  return embedding;
}

function cumulativeAlphas(): Float32Array {
  const alphas = new Float32Array(TRAINED_STEPS);
  let product = 1;
  for (let step = 0; step < TRAINED_STEPS; step += 1) {
    const ratio = signalShare((step + 1) / TRAINED_STEPS) / signalShare(step / TRAINED_STEPS);
    product = fround(product * fround(1 - fround(Math.min(1 - ratio, LARGEST_BETA))));
    alphas[step] = product;
  }
  return alphas;
}

/** Share of the signal that is left at a time between 0 and 1 (squaredcos_cap_v2). */
function signalShare(time: number): number {
  return Math.cos((((time + 0.008) / 1.008) * Math.PI) / 2) ** 2;
}
