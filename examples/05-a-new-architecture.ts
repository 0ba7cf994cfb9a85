/** An architecture that core has never heard of: graphs from blocks, an adapter, the contract, and pruning. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPolicy, readFrame, VlaModel, vlaPruner } from "@vla-pruner/core";
import { adapterContract } from "@vla-pruner/core/testing";
import { convertCheckpoint, SyntheticSource } from "@vla-pruner/onnx/convert";
import { FRAMES, INSTRUCTION } from "./support/camera.ts";
import { toyRecipe } from "./toy-vla/convert.ts";
import { toyVla } from "./toy-vla/index.ts";
import { TOY_CONFIG } from "./toy-vla/toy-sizes.ts";

const folder = mkdtempSync(join(tmpdir(), "vla-pruner-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

// The recipe turns a checkpoint, here of random weights, into graphs.
const checkpoint = new SyntheticSource(toyRecipe.tensors(TOY_CONFIG), 7);
const out = join(folder, "toy");
await convertCheckpoint({
  recipe: toyRecipe,
  config: TOY_CONFIG,
  files: {},
  checkpoint,
  companions: null,
  out,
  dtype: "fp32",
  options: {},
});

const model = await VlaModel.from_pretrained(out);
const adapter = toyVla().createAdapter(model);
const observations = [1, 2, 3, 4].map((seed) => adapter.exampleObservation(seed));
for (const [name, check] of Object.entries(adapterContract)) {
  await check({ createAdapter: () => adapter, observations });
  console.log(`ok: ${name}`);
}

const { layout } = adapter;
const below = layout.tappedLayers.filter((layer) => layer < layout.pruneLayer).length;
const above = layout.tappedLayers.length - below;
const [view] = layout.views;
console.log(`taps: ${below} layers over all ${view?.count} visual tokens, ${above} over the kept ones`);

// Core prunes it as it prunes the others.
const episode = createPolicy({ adapter, pruner: vlaPruner({ retention: 0.25 }) }).startEpisode();
for (const path of FRAMES.slice(0, 5)) {
  const step = await episode.act({ images: { image: await readFrame(path) }, instruction: INSTRUCTION });
  const action = step.actions[0]?.map((value) => value.toFixed(3)).join(" ");
  console.log(
    `step ${step.step}: ${step.decision}, ${step.keep.length} visual tokens kept, action ${action}`,
  );
}
await model.dispose();
