import type { Observation, Policy, StepResult } from "@vla-pruner/core";
import { VlaPrunerError } from "@vla-pruner/errors";
import type { CameraName, Simulator, Tabletop } from "@vla-pruner/sim";
import { camerasOf } from "./camera-of.ts";
import { EpisodeTally } from "./episode-tally.ts";
import { keptShare, overlapOf } from "./kept-share.ts";
import { shownTokens } from "./shown-tokens.ts";
import { startEpisode } from "./start-episode.ts";
import type { ClosedLoopOptions, EpisodeOutcome } from "./types.ts";

/**
 * Plays one episode: look, ask the model, execute a part of its chunk, look again, until the task is done or its
 * horizon used up. Pictures are rendered only where the model is called.
 *
 * @throws `task-invalid`, `invalid-option`, `adapter-mismatch`, `action-invalid`, `cancelled`
 */
export async function runEpisode(
  policy: Policy,
  simulator: Simulator,
  options: ClosedLoopOptions,
): Promise<EpisodeOutcome> {
  const { seed, disturbances, beforeCall, onCall, signal } = options;
  checkCount("execute", options.execute);
  checkCount("horizon", options.horizon);
  const task = { ...options.task, horizon: options.horizon ?? options.task.horizon };
  const layout = policy.adapter.layout;
  const cameras = camerasOf(layout.views);
  const tally = new EpisodeTally();
  const episode = startEpisode(policy, options);
  const tabletop = simulator.start(task, { seed, ...(disturbances && { disturbances }) });
  try {
    let outcome = { success: false, done: false };
    let before: Int32Array | null = null;
    while (!outcome.done) {
      const step = tabletop.steps;
      const observation = look(tabletop, cameras);
      const shown = shownTokens(tabletop.segmentation([...cameras.values()]), layout.views, cameras);
      await beforeCall?.({ step, observation, views: layout.views, shown, tabletop });
      const result = await episode.act(observation, signal === undefined ? {} : { signal });
      const overlap = overlapOf(result.keep, before);
      before = result.keep;
      const objectKept = keptShare(shown.object, result.keep);
      const call = { step, images: observation.images ?? {}, result, objectKept, overlap };
      tally.add(call);
      onCall?.(call);
      for (const action of executed(result, options.execute)) {
        outcome = tabletop.step(action);
        if (outcome.done) break;
      }
    }
    return {
      task: task.name,
      suite: task.suite,
      seed,
      instruction: tabletop.instruction,
      success: outcome.success,
      steps: tabletop.steps,
      goals: outcome.success ? task.goals.length : tabletop.state().goal,
      ...tally.summary(),
    };
  } finally {
    tabletop.dispose();
  }
}

/** The observation under the model's own names of cameras. */
function look(tabletop: Tabletop, cameras: ReadonlyMap<string, CameraName>): Observation {
  const { images, instruction, state } = tabletop.observe([...cameras.values()]);
  const named = [...cameras].map(([view, camera]) => [view, images[camera]] as const);
  return { images: Object.fromEntries(named), instruction, state };
}

function executed({ chunk }: StepResult, execute?: number): StepResult["chunk"] {
  if (chunk.length === 0) {
    throw new VlaPrunerError("action-invalid", {
      expected: "a chunk of at least one action",
      found: "none",
      fix: "correct the adapter's toAction",
    });
  }
  return chunk.slice(0, execute ?? Math.max(1, Math.floor(chunk.length / 2)));
}

function checkCount(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return;
  throw new VlaPrunerError("invalid-option", {
    expected: `${name}: a whole number of at least 1`,
    found: String(value),
    fix: "leave it out for the default",
  });
}
