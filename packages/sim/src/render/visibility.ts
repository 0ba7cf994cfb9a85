/** What each sample of the grid sees. */
export class Visibility {
  /** 1 / depth, per metre; 0 where nothing is seen. */
  readonly inverseDepth: Float32Array;
  /** See `surfaceKey`; 0 where nothing is seen. */
  readonly keys: Int32Array;

  constructor(samples: number) {
    this.inverseDepth = new Float32Array(samples);
    this.keys = new Int32Array(samples);
  }

  clear(): void {
    this.inverseDepth.fill(0);
    this.keys.fill(0);
  }
}

/** Added to the key of a sample that lies in shadow. */
export const SHADOWED = 8;

/** One smooth piece of one drawable, `face` 0 … 5. Samples of a pixel with one key are shaded once. */
export function surfaceKey(drawable: number, face: number): number {
  return ((drawable + 1) << 4) | face;
}

export function drawableOf(key: number): number {
  return (key >> 4) - 1;
}

export function faceOf(key: number): number {
  return key & 7;
}
