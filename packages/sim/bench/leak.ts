/**
 * Control steps without end: does memory grow? `npx tsx --conditions=@vla-pruner/source bench/leak.ts [steps]`
 *
 * Plays short episodes, each with pictures and a snapshot, and prints WASM's heap, the JavaScript heap and RSS.
 */
import { TabletopEpisode } from "../src/environment/tabletop-episode.ts";
import { heapSize } from "../src/mujoco/heap-size.ts";
import { loadMujoco } from "../src/mujoco/load-mujoco.ts";
import { SUITES, trainSeed } from "../src/index.ts";

const total = Number(process.argv[2] ?? 10_000);
const EPISODE = 100;
const REPORTS = 10;

const module = await loadMujoco();
const tasks = Object.values(SUITES).flat();
const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
let tabletop: TabletopEpisode | undefined;
const started = process.cpuUsage();
for (let step = 0; step < total; step += 1) {
  if (step % EPISODE === 0) {
    tabletop?.dispose();
    const episode = step / EPISODE;
    const task = tasks[episode % tasks.length];
    if (task === undefined) break;
    tabletop = new TabletopEpisode(module, { ...task, horizon: EPISODE + 1 }, { seed: trainSeed(episode) });
  }
  const phase = (2 * Math.PI * step) / 37;
  tabletop?.step([
    Math.cos(phase),
    Math.sin(phase),
    Math.sin(phase / 3),
    0,
    0,
    0,
    Math.sign(Math.sin(phase / 5)),
  ]);
  if (step % 50 === 0 && tabletop !== undefined) {
    tabletop.observe();
    tabletop.restore(tabletop.snapshot());
  }
  if ((step + 1) % Math.max(1, Math.floor(total / REPORTS)) === 0) {
    globalThis.gc?.();
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
    const { user, system } = process.cpuUsage(started);
    console.log(
      `${String(step + 1)} steps: WASM ${megabytes(heapSize(module))} MB, heap ${megabytes(heapUsed)}, external ${megabytes(external)}, buffers ${megabytes(arrayBuffers)}, RSS ${megabytes(rss)} MB, ${((user + system) / 1000 / (step + 1)).toFixed(2)} ms CPU a step`,
    );
  }
}
tabletop?.dispose();
