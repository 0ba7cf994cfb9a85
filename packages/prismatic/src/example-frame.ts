import type { CameraFrame } from "@vla-pruner/core";

/** A made-up picture of coloured rectangles on grey. */
export function exampleFrame(random: () => number, side: number): CameraFrame {
  const data = new Uint8Array(side * side * 3).fill(128);
  for (let shape = 0; shape < 24; shape += 1) {
    const [left, top, right, bottom] = [random(), random(), random(), random()].map((share) =>
      Math.floor(share * side),
    );
    const colour = [random(), random(), random()].map((share) => Math.floor(share * 256));
    fill(data, side, { left: left ?? 0, top: top ?? 0, right: right ?? 0, bottom: bottom ?? 0 }, colour);
  }
  return { data, width: side, height: side, channels: 3 };
}

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function fill(
  data: Uint8Array,
  side: number,
  { left, top, right, bottom }: Rectangle,
  colour: readonly number[],
): void {
  for (let y = Math.min(top, bottom); y < Math.max(top, bottom); y += 1) {
    for (let x = Math.min(left, right); x < Math.max(left, right); x += 1)
      data.set(colour, (y * side + x) * 3);
  }
}
