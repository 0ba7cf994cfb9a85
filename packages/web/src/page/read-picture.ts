import type { Picture } from "../messages.ts";

/** Longest side that is kept of a picture, pixels: policies look at a few hundred. */
const SIDE = 448;

/** The middle square of a picture file, as pixels. Rejects what no browser can read. */
export async function readPicture(file: Blob): Promise<Picture> {
  const bitmap = await createImageBitmap(file).catch((cause: unknown) => {
    throw new Error("This file is no picture that a browser can read; try PNG, JPEG or WebP.", { cause });
  });
  const square = Math.min(bitmap.width, bitmap.height);
  const side = Math.min(SIDE, square);
  const context = new OffscreenCanvas(side, side).getContext("2d");
  if (context === null) throw new Error("this browser draws no pictures off the page");
  const [left, top] = [(bitmap.width - square) / 2, (bitmap.height - square) / 2];
  context.drawImage(bitmap, left, top, square, square, 0, 0, side, side);
  bitmap.close();
  const { data: pixels } = context.getImageData(0, 0, side, side);
  const data = new Uint8Array(side * side * 3);
  for (let from = 0, to = 0; to < data.length; from += 4, to += 3) {
    data[to] = pixels[from] ?? 0;
    data[to + 1] = pixels[from + 1] ?? 0;
    data[to + 2] = pixels[from + 2] ?? 0;
  }
  return { data, width: side, height: side, channels: 3 };
}
