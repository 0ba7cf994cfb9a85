import type { CameraFrame, Observation } from "../../src/index.ts";

/** A 2 × 2 frame of one shade. */
export function frame(shade: number): CameraFrame {
  return { data: new Uint8Array(12).fill(shade), width: 2, height: 2, channels: 3 };
}

/** The n-th observation of one camera, different from all others. */
export function observe(index: number, ...views: readonly string[]): Observation {
  const names = views.length === 0 ? ["image"] : views;
  const images = Object.fromEntries(names.map((name, view) => [name, frame(index * 8 + view)]));
  return { images, instruction: `do task ${index}`, state: [index, 0.5] };
}
