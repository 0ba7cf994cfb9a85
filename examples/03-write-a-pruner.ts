/** A pruner of one's own: keeps the patches around the place where the robot is about to act. */
import { ratioPruner, scopeOf, topK, vlaPipeline } from "@vla-pruner/core";
import type { RetentionOptions, TokenPruner } from "@vla-pruner/core";
import { prunerContract } from "@vla-pruner/core/testing";
import { openvla } from "@vla-pruner/plugin-openvla";
import { FRAMES, INSTRUCTION } from "./support/camera.ts";
import { convertTinyOpenVla } from "./support/tiny-model.ts";

/** Keeps a disc of patches around the peak of the forecast, or of the semantic score while there is none. */
function fovea(options: RetentionOptions): TokenPruner {
  return ratioPruner("fovea", options, ({ forecast, semantic, semanticRows }, scope) => {
    const score = forecast ?? semantic.scores[semanticRows];
    const [peak = 0] = score === undefined ? [] : topK(scopeOf(score, scope), 1);
    const side = Math.ceil(Math.sqrt(scope.count)); // patches along a side of the view
    const closeness = Float32Array.from({ length: scope.count }, (_, patch) => {
      const [down, right] = [
        Math.floor(patch / side) - Math.floor(peak / side),
        (patch % side) - (peak % side),
      ];
      return -(down ** 2 + right ** 2);
    });
    return topK(closeness, scope.budget);
  });
}

// The contract is data: each entry is one thing that every pruner must do.
for (const [name, check] of Object.entries(prunerContract)) {
  await check(fovea);
  console.log(`ok: ${name}`);
}

const policy = await vlaPipeline(await convertTinyOpenVla(), {
  plugins: [openvla()],
  pruner: fovea({ retention: 0.25 }),
});
for (const frame of FRAMES.slice(0, 2)) {
  const { step, keep } = await policy(frame, INSTRUCTION);
  console.log(`step ${step}: ${keep.length} kept`);
  const kept = new Set(keep);
  for (let row = 0; row < 256; row += 16) {
    console.log(Array.from({ length: 16 }, (_, column) => (kept.has(row + column) ? "#" : ".")).join(""));
  }
}
await policy.dispose();
