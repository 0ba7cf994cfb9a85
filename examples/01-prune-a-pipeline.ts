/** Loads a converted model and keeps a quarter of the visual tokens: the program of the README. */
import { vlaPipeline } from "@vla-pruner/core";
import { openvla } from "@vla-pruner/plugin-openvla";
import { FRAMES, INSTRUCTION } from "./support/camera.ts";
import { convertTinyOpenVla } from "./support/tiny-model.ts";

// Your own model directory, or the small trained policy that ships with the repository.
const model = process.argv[2] ?? (await convertTinyOpenVla());
const policy = await vlaPipeline(model, { plugins: [openvla()], retention: 0.25 });

for (const frame of FRAMES) {
  const { step, action, decision, keep } = await policy(frame, INSTRUCTION);
  const numbers = action.map((value) => value.toFixed(3)).join(" ");
  console.log(`step ${step}: ${decision}, ${keep.length} visual tokens kept, action ${numbers}`);
}

await policy.reset(); // the next episode starts with an empty memory
await policy.dispose();
