/** A pruner that knows where this very call's actions look: OpenVLA-OFT has their rows below the cut already. */
import {
  loadPolicy,
  ratioPruner,
  readFrame,
  scopeOf,
  semanticScore,
  topK,
  VlaPrunerError,
} from "@vla-pruner/core";
import type { RetentionOptions, TokenPruner } from "@vla-pruner/core";
import { openvla } from "@vla-pruner/plugin-openvla";
import { openvlaOft } from "@vla-pruner/plugin-openvla-oft";
import { openvlaOftRecipe } from "@vla-pruner/plugin-openvla-oft/convert";
import { FRAMES, INSTRUCTION } from "./support/camera.ts";
import { convertShipped, convertTinyOpenVla } from "./support/tiny-model.ts";

/** Half of the score is what the prompt looks at, half what the actions look at. No warm-up: nothing is remembered. */
function bothLevels(options: RetentionOptions): TokenPruner {
  const pruner = ratioPruner("both-levels", options, ({ semantic, semanticRows, currentAction }, scope) => {
    const action = shares(scopeOf(currentAction ?? new Float32Array(0), scope));
    const words = shares(scopeOf(semanticScore(semantic, semanticRows), scope));
    return topK(
      words.map((value, patch) => value + (action[patch] ?? 0)),
      scope.budget,
    );
  });
  return { ...pruner, needsCurrentAction: true };
}

/** Both levels on one scale. */
function shares(score: Float32Array): Float32Array {
  const sum = score.reduce((total, value) => total + value, 0);
  return score.map((value) => value / (sum || 1));
}

const pruner = bothLevels({ retention: 0.25 });
const model = await convertShipped("tiny-openvla-oft", openvlaOftRecipe);
const policy = await loadPolicy(model, { plugins: [openvlaOft()], pruner });
const dense = policy.startEpisode({ pruner: bothLevels({ retention: 1 }) });
const { state = [] } = policy.adapter.exampleObservation(1);
for (const path of FRAMES.slice(0, 3)) {
  const frame = await readFrame(path);
  const images = Object.fromEntries(policy.adapter.layout.views.map(({ name }) => [name, frame]));
  const observation = { images, instruction: INSTRUCTION, state };
  const [step, whole] = [await policy.act(observation), await dense.act(observation)];
  const all = whole.actionAttention.reduce((sum, value) => sum + value, 0);
  const kept = step.keep.reduce((sum, token) => sum + (whole.actionAttention[token] ?? 0), 0);
  const share = Math.round((100 * step.keep.length) / whole.keep.length);
  console.log(
    `step ${step.step}: ${share} % of the tokens hold ${Math.round((100 * kept) / all)} % of the action attention`,
  );
}
await policy.dispose();

// OpenVLA decodes its actions after the prompt: the pruner is refused there, before the first step.
await loadPolicy(await convertTinyOpenVla(), { plugins: [openvla()], pruner }).catch((error: unknown) => {
  if (!VlaPrunerError.is(error, "invalid-option")) throw error;
  console.log(`refused for openvla: ${error.code}`);
});
