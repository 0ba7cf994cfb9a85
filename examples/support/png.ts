import { readFile, writeFile } from "node:fs/promises";
import { PNG } from "pngjs";

/** A picture of three uint8 channels, `[height, width, 3]`; fits where a camera frame is wanted. */
export interface Picture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3;
}

export function blankPicture(width: number, height: number, colour: readonly number[]): Picture {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => colour[index % 3] ?? 0);
  return { data, width, height, channels: 3 };
}

export async function readPng(path: string): Promise<Picture> {
  const { data, width, height } = PNG.sync.read(await readFile(path));
  return { data: data.filter((_, index) => index % 4 !== 3), width, height, channels: 3 };
}

export async function writePng(path: string, picture: Picture): Promise<void> {
  const { width, height, data } = picture;
  const png = new PNG({ width, height, inputHasAlpha: false, colorType: 2 });
  png.data = Buffer.from(data.buffer, data.byteOffset, data.length);
  await writeFile(path, PNG.sync.write(png, { inputHasAlpha: false, colorType: 2, deflateLevel: 9 }));
}
