/**
 * Milliseconds a frame: `npx tsx -C @vla-pruner/source packages/sim/bench/render.ts [--size 112] [--png FOLDER]`
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { PNG } from "pngjs";
import { Renderer } from "../src/render/renderer.ts";
import { tabletopScene } from "./render-scene.ts";

const { values } = parseArgs({
  options: { size: { type: "string", default: "112" }, png: { type: "string" } },
});
const size = Number(values.size);
const scene = tabletopScene();
const renderer = new Renderer({ width: size, height: size });
renderer.setScene(scene.drawables);
const WARM = 200;
const FRAMES = 500;

for (const [name, camera] of Object.entries(scene.cameras)) {
  const times: number[] = [];
  for (let frame = -WARM; frame < FRAMES; frame += 1) {
    const start = performance.now();
    renderer.render(camera, scene.poses, scene.light);
    if (frame >= 0) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const [low, median, high] = [0.05, 0.5, 0.95].map((part) => times[Math.floor(part * FRAMES)]!.toFixed(2));
  console.log(
    `${name}: ${median} ms a frame (5 % ${low}, 95 % ${high}); ${size} × ${size}, ${scene.drawables.length} drawables`,
  );
  if (values.png === undefined) continue;
  const { pixels } = renderer.render(camera, scene.poses, scene.light);
  const png = new PNG({ width: size, height: size });
  for (let pixel = 0; pixel < size * size; pixel += 1) {
    png.data.set(pixels.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
    png.data[4 * pixel + 3] = 255;
  }
  mkdirSync(values.png, { recursive: true });
  writeFileSync(join(values.png, `${name}-${size}.png`), PNG.sync.write(png));
}
