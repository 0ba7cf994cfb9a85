/**
 * What an episode draws by its seed, each from a stream of its own: more draws of one thing leave the others as they
 * are. Checkpoints and published numbers rest on these.
 */
export const STREAM = {
  layout: 1,
  room: 2,
  startPose: 3,
  cameraMount: 4,
  cameraTremor: 5,
  lighting: 6,
  wording: 7,
  targetMotion: 8,
} as const;

/** Uniform numbers in 0 … 1; the same for the same `parts` everywhere (sfc32 on a mixed seed). */
export function seededRandom(...parts: readonly number[]): () => number {
  let state = 0x9e3779b9;
  for (const part of parts) {
    state = mix(state ^ (part >>> 0));
    state = mix(state ^ Math.floor(part / 0x100000000));
  }
  let [a, b, c, counter] = [mix(state + 1), mix(state + 2), mix(state + 3), 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 0x100000000;
  };
  for (let skipped = 0; skipped < 12; skipped += 1) next();
  return next;
}

/** MurmurHash3's finaliser. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

export function uniform(random: () => number, low: number, high: number): number {
  return low + (high - low) * random();
}

export function pick<T>(random: () => number, choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(random() * choices.length)] ?? choices[0];
}

/** A standard normal number (Box-Muller). */
export function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
