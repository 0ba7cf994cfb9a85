import { rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { CAMERAS, createSimulator, taskNamed, testSeed } from "@vla-pruner/sim";
import type { SimulatedFrame } from "@vla-pruner/sim";
import { PNG } from "pngjs";
import { FIRST_TASK } from "../src/first-task.ts";
import { contentHash } from "./content-hash.ts";

/** Pixels a side: what is shown before anything runs may be finer than what a policy gets. */
const SIDE = 336;

const TITLES = { image: "Camera above the table", wrist_image: "Camera at the wrist" } as const;

/** The first scene, drawn by the simulator, so that the page shows something before anything is downloaded. */
export async function firstPictures(assets: string): Promise<{ instruction: string; posters: string }> {
  const world = (await createSimulator()).start(taskNamed(FIRST_TASK), { seed: testSeed(0), size: SIDE });
  try {
    const { images } = world.observe();
    const posters = await Promise.all(
      CAMERAS.map(async (camera) => {
        const path = await writePicture(images[camera], join(assets, `first-${camera}`));
        const image = `<img src="assets/${path}" alt="${TITLES[camera]}" width="${SIDE}" height="${SIDE}" />`;
        const caption = `<figcaption><span>${TITLES[camera]}</span></figcaption>`;
        return `<figure><div class="picture">${image}</div>${caption}</figure>`;
      }),
    );
    return { instruction: world.instruction, posters: posters.join("") };
  } finally {
    world.dispose();
  }
}

/** The file's name. */
async function writePicture({ data, width, height }: SimulatedFrame, stem: string): Promise<string> {
  const picture = new PNG({ width, height, colorType: 2 });
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    picture.data.set(data.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
    picture.data[4 * pixel + 3] = 255;
  }
  await writeFile(stem, PNG.sync.write(picture, { colorType: 2 }));
  const path = `${stem}-${contentHash(stem)}.png`;
  await rename(stem, path);
  return basename(path);
}
