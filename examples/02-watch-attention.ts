/** Looks into a step in the three ways there are: a tap, events, and a middleware of one's own. */
import { attentionTap, vlaPipeline } from "@vla-pruner/core";
import type { StageMiddleware } from "@vla-pruner/core";
import { openvla } from "@vla-pruner/plugin-openvla";
import { FRAMES, INSTRUCTION } from "./support/camera.ts";
import { convertTinyOpenVla } from "./support/tiny-model.ts";

/** A tap receives attention as it appears, layer by layer. */
const tap = attentionTap({
  semantic({ scores }) {
    const peak = scores.last?.indexOf(Math.max(...scores.last));
    console.log(`  tap: the last prompt token looks most at patch ${peak}`);
  },
  action(layers, keep) {
    const above = layers.filter(({ columns }) => columns === "kept").length;
    console.log(`  tap: ${layers.length} layers report, ${above} of them over ${keep.length} kept patches`);
  },
});

/** A middleware goes around a stage: it may change what comes out. Here, patch 0 is never pruned. */
const keepFirstPatch: StageMiddleware = {
  async select(_, next) {
    const chosen = await next();
    if (chosen.keep.includes(0)) return chosen;
    return { ...chosen, keep: Int32Array.from([0, ...chosen.keep]), reason: `${chosen.reason}, patch 0` };
  },
};

const policy = await vlaPipeline(await convertTinyOpenVla(), {
  plugins: [openvla()],
  retention: 0.25,
  middleware: [tap, keepFirstPatch],
});

// Events report after the fact; a listener can neither change nor delay a step.
policy.policy.events.on("action-available", ({ step, decision, keep, reason }) => {
  console.log(`  event: step ${step} ${decision} (${reason}), keeps ${keep.length}`);
});

for (const [step, frame] of FRAMES.slice(0, 5).entries()) {
  console.log(`step ${step}`);
  await policy(frame, INSTRUCTION);
}
await policy.dispose();
