/** Two episodes on one model, an episode saved and taken up again, and a step that is cancelled. */
import { isDeepStrictEqual } from "node:util";
import { loadPolicy, readFrame, VlaPrunerError } from "@vla-pruner/core";
import type { Observation } from "@vla-pruner/core";
import { openvla } from "@vla-pruner/plugin-openvla";
import { FRAMES, INSTRUCTION } from "./support/camera.ts";
import { convertTinyOpenVla } from "./support/tiny-model.ts";

const policy = await loadPolicy(await convertTinyOpenVla(), { plugins: [openvla()], retention: 0.25 });
const observations: Observation[] = await Promise.all(
  FRAMES.map(async (path) => ({ images: { image: await readFrame(path) }, instruction: INSTRUCTION })),
);
const [first, second, third, fourth, fifth] = observations;
if (!first || !second || !third || !fourth || !fifth) throw new Error("five frames are needed");

// Episodes share the model and nothing else: the second is still in its warm-up when the first prunes.
const left = policy.startEpisode();
const right = policy.startEpisode();
for (const observation of [first, second, third]) await left.act(observation);
console.log(`left: ${(await left.act(fourth)).decision}, right: ${(await right.act(fourth)).decision}`);

// The memory is plain JSON: an episode can go on in another process.
const saved = JSON.stringify(left.saveState());
const goesOn = await left.act(fifth);
const takenUp = policy.startEpisode();
takenUp.restoreState(JSON.parse(saved));
console.log(
  `taken up again, same choice: ${isDeepStrictEqual((await takenUp.act(fifth)).keep, goesOn.keep)}`,
);

// A cancelled step fails with a code and leaves the memory as it was.
const cancel = new AbortController();
const before = left.saveState();
const step = left.act(fifth, { signal: cancel.signal });
cancel.abort();
await step.catch((error: unknown) => {
  if (!VlaPrunerError.is(error, "cancelled")) throw error;
  console.log(`cancelled, memory as before: ${isDeepStrictEqual(left.saveState(), before)}`);
});

await left.reset();
console.log(`after the reset: ${(await left.act(first)).decision}`);
await policy.dispose();
