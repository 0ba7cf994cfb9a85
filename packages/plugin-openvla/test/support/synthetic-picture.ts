import type { CameraFrame } from "@vla-pruner/core";

/** Gradients over a checker: the picture that `tools/reference/openvla/image_processor.py` draws. */
export function syntheticPicture(width: number, height: number): CameraFrame {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const checker = ((Math.floor(x / 7) + Math.floor(y / 5)) % 2) * 60;
      const across = Math.floor((x * 195) / (width - 1)) + checker;
      const down = Math.floor((y * 195) / (height - 1)) + checker;
      data.set([across, down, ((x + y) % 196) + checker], (y * width + x) * 3);
    }
  }
  return { data, width, height, channels: 3 };
}
