/** A pruner that looks at the picture itself: patches that changed since the last call weigh more. */
import { ratioPruner, scopeOf, semanticScore, topK, vlaPipeline } from "@vla-pruner/core";
import type { CameraFrame, PruneContext, RetentionOptions, TokenPruner } from "@vla-pruner/core";
import { prunerContract } from "@vla-pruner/core/testing";
import { openvla } from "@vla-pruner/plugin-openvla";
import { FRAMES, INSTRUCTION } from "./support/camera.ts";
import { convertTinyOpenVla } from "./support/tiny-model.ts";

function brightness({ data, width, height, channels }: CameraFrame, count: number): number[] {
  const side = Math.ceil(Math.sqrt(count)); // patches along a side of the view
  const sums = Array.from({ length: side ** 2 }, () => 0);
  for (let value = 0; value < data.length; value += 1) {
    const pixel = Math.floor(value / channels);
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const patch = Math.floor((y * side) / height) * side + Math.floor((x * side) / width);
    sums[patch] = (sums[patch] ?? 0) + (data[value] ?? 0) / 255;
  }
  return sums.slice(0, count);
}

/** Brightness of all patches, row by row: plain JSON, so that an episode that remembers it can be saved. */
function look({ observation, views }: PruneContext): number[] {
  const unseen = { data: new Uint8Array(0), width: 0, height: 0, channels: 3 };
  return views.flatMap(({ name, count }) => brightness(observation.images?.[name] ?? unseen, count));
}

/** How much each patch changed since the last call; 0 in the first. */
function change(context: PruneContext): Float32Array {
  const before = context.memory as readonly number[];
  return Float32Array.from(look(context), (value, patch) => Math.abs(value - (before[patch] ?? value)));
}

function motion(options: RetentionOptions): TokenPruner {
  const pruner = ratioPruner("motion", options, (context, scope) => {
    const moved = change(context);
    const semantic = semanticScore(context.semantic, context.semanticRows);
    const score = semantic.map((value, token) => value * (1 + (moved[token] ?? 0)));
    return topK(scopeOf(score, scope), scope.budget);
  });
  return { ...pruner, memory: { start: () => [], observe: (_, { context }) => look(context) } };
}

for (const check of Object.values(prunerContract)) await check(motion);
console.log(`meets ${Object.keys(prunerContract).length} checks`);
const policy = await vlaPipeline(await convertTinyOpenVla(), {
  plugins: [openvla()],
  pruner: motion({ retention: 0.25 }),
  middleware: [
    {
      async select({ context }, next) {
        const decision = await next();
        const kept = topK(change(context), 16).filter((patch) => decision.keep.includes(patch)).length;
        console.log(`step ${context.step}: keeps ${kept} of the 16 patches that changed most`);
        return decision;
      },
    },
  ],
});
for (const frame of FRAMES.slice(0, 4)) await policy(frame, INSTRUCTION);
await policy.dispose();
