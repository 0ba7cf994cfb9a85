import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PNG } from "pngjs";

/** Writes a picture whose colours run from corner to corner; gives the file's name. */
export async function writePicture(
  folder: string,
  name: string,
  width: number,
  height: number,
  alpha?: number,
): Promise<string> {
  const picture = new PNG({ width, height });
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const colour = [
        Math.floor((255 * x) / width),
        Math.floor((255 * y) / height),
        (x * y) % 256,
        alpha ?? 255,
      ];
      picture.data.set(colour, (y * width + x) * 4);
    }
  }
  await writeFile(join(folder, name), PNG.sync.write(picture, { colorType: alpha === undefined ? 2 : 6 }));
  return name;
}
