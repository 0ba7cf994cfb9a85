/** `npx pnpm@12 demo [--out picture.png]`: a pruned OpenVLA against a dense one, from checkpoint to action. */
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createPolicy, keepAll, VlaModel, vlaPruner } from "@vla-pruner/core";
import type { VlaAdapter } from "@vla-pruner/core";
import { openvla } from "@vla-pruner/plugin-openvla";
import { FRAMES, INSTRUCTION } from "./support/camera.ts";
import { keptPicture } from "./support/kept-picture.ts";
import { OVERLAP_LEGEND } from "./support/overlap.ts";
import { readPng, writePng } from "./support/png.ts";
import type { Picture } from "./support/png.ts";
import { costSummary, fullSizeCost, STEP_HEADER, stepLine, timingSummary } from "./support/step-report.ts";
import type { StepPair } from "./support/step-report.ts";
import { convertTinyOpenVla } from "./support/tiny-model.ts";

const RETENTION = 0.25;
/** Steps in the picture: the last of the warm-up, then three pruned ones. */
const SHOWN = [2, 3, 5, 7];

const repository = join(import.meta.dirname, "..");
const { values } = parseArgs({ options: { out: { type: "string" } } });
const out = resolve(values.out ?? join(repository, ".vla-pruner", "demo.png"));

const started = performance.now();
const model = await VlaModel.from_pretrained(await convertTinyOpenVla());
const adapter = openvla().createAdapter(model);
const { layers, pruneLayer } = adapter.layout;
console.log(
  `checkpoints/tiny-openvla, converted and loaded in ${((performance.now() - started) / 1000).toFixed(1)} s`,
);
console.log(
  `${layers} layers; from layer ${pruneLayer} on, ${100 * RETENTION} % of the visual tokens are kept`,
);
console.log("The weights are random: the actions mean nothing. What you see is the mechanism.\n");

const frames = await Promise.all(FRAMES.map(readPng));
const pairs = await runBoth(adapter, frames);
const pruned = pairs.at(-1)?.pruned;
if (pruned === undefined) throw new Error("no frames in examples/frames");
console.log(`\n${timingSummary(pairs)}\n\n${costSummary(adapter.layout, pruned)}`);
console.log(`${fullSizeCost(pruneLayer, RETENTION)}\n`);
console.log(
  `action of the last step (random weights): ${pruned.action.map((part) => part.toFixed(3)).join(" ")}`,
);

await mkdir(dirname(out), { recursive: true });
const shown = pairs.flatMap((pair, step) => {
  const frame = frames[step];
  return frame === undefined || !SHOWN.includes(step) ? [] : [{ frame, result: pair.pruned }];
});
await writePng(out, keptPicture(shown));
console.log(`kept patches over the frames: ${out}`);
await model.dispose();

/** One episode dense and one pruned, step by step in turn, so that load on the machine meets both. */
async function runBoth(vla: VlaAdapter, images: readonly Picture[]): Promise<StepPair[]> {
  const dense = createPolicy({ adapter: vla, pruner: keepAll() }).startEpisode();
  const thin = createPolicy({ adapter: vla, pruner: vlaPruner({ retention: RETENTION }) }).startEpisode();
  await warmUp(vla, images);
  const done: StepPair[] = [];
  console.log(`${OVERLAP_LEGEND}\nmilliseconds: dense → pruned\n\n${STEP_HEADER}`);
  for (const image of images) {
    const observation = { images: { image }, instruction: INSTRUCTION };
    const before = done.at(-1)?.pruned;
    const pair = { dense: await dense.act(observation), pruned: await thin.act(observation) };
    done.push(pair);
    console.log(stepLine(pair, before));
  }
  return done;
}

/** First calls are slow, dense or pruned: sessions allocate, code is compiled. A window of 1 prunes from call 2. */
async function warmUp(vla: VlaAdapter, images: readonly Picture[]): Promise<void> {
  const pruner = vlaPruner({ retention: RETENTION, window: 1 });
  const episode = createPolicy({ adapter: vla, pruner }).startEpisode();
  for (const image of images) await episode.act({ images: { image }, instruction: INSTRUCTION });
}
