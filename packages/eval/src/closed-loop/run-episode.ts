import { ActionQueue } from "@vla-pruner/core";
import type { CameraFrame, ModelLayout, Observation } from "@vla-pruner/core";
import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import type { CameraName, Simulator, Tabletop } from "@vla-pruner/sim";
import { camerasOf } from "./camera-of.ts";
import { EpisodeTally } from "./episode-tally.ts";
import { keptShare, overlapOf } from "./kept-share.ts";
import { shownTokens } from "./shown-tokens.ts";
import type { ClosedLoopOptions, DrivenPolicy, EpisodeOutcome, ShownTokens } from "./types.ts";

const OPTIONS: readonly (keyof ClosedLoopOptions)[] = [
  "task",
  "seed",
  "execute",
  "disturbances",
  "horizon",
  "cameras",
  "pruner",
  "middleware",
  "beforeCall",
  "onCall",
  "signal",
];

/**
 * Plays one episode: look, ask the model, execute a part of its chunk, look again, until the task is done or its
 * horizon used up. Pictures are rendered only where the model is called.
 *
 * @throws `task-invalid`, `invalid-option`, `adapter-mismatch`, `action-invalid`, `cancelled`
 */
export async function runEpisode(
  policy: DrivenPolicy,
  simulator: Simulator,
  options: ClosedLoopOptions,
): Promise<EpisodeOutcome> {
  const { seed, disturbances, pruner, middleware, execute, beforeCall, onCall, signal } = options;
  checkOptions("runEpisode", options, OPTIONS);
  checkHorizon(options.horizon);
  const task = { ...options.task, horizon: options.horizon ?? options.task.horizon };
  const { layout } = policy.adapter;
  const cameras = camerasOf(layout.views, options.cameras, layout.cameraAliases);
  const tally = new EpisodeTally();
  const episode = policy.startEpisode({ ...(pruner && { pruner }), ...(middleware && { middleware }) });
  const actions = new ActionQueue(episode, { execute: execute ?? half });
  const tabletop = simulator.start(task, { seed, ...(disturbances && { disturbances }) });
  try {
    let outcome = { success: false, done: false };
    let before: Int32Array | null = null;
    while (!outcome.done) {
      const step = tabletop.steps;
      const { action, call } = await actions.next(
        async () => {
          await beforeCall?.();
          return look(tabletop, layout, cameras);
        },
        signal === undefined ? {} : { signal },
      );
      if (call !== null) {
        const { observation, result } = call;
        const overlap = overlapOf(result.keep, before);
        before = result.keep;
        const objectKept = keptShare(observation.extras.shown.object, result.keep);
        const made = { step, images: observation.images, result, objectKept, overlap };
        tally.add(made);
        onCall?.(made);
      }
      outcome = tabletop.step(action);
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
    await episode.end?.().catch(() => undefined); // A server forgets it after a while anyway.
  }
}

/** An observation under the model's own names of cameras, with what the simulator knows of it. */
interface Look extends Observation {
  readonly images: Readonly<Record<string, CameraFrame>>;
  readonly extras: { readonly shown: ShownTokens };
}

function look(
  tabletop: Tabletop,
  { views, reads }: ModelLayout,
  cameras: ReadonlyMap<string, CameraName>,
): Look {
  const seen = [...new Set(cameras.values())];
  const { images, instruction, state } = tabletop.observe(seen);
  const shown = shownTokens(tabletop.segmentation(seen), views, cameras);
  const named = [...cameras].map(([view, camera]) => [view, images[camera]] as const);
  return {
    images: Object.fromEntries(named),
    instruction,
    ...(reads?.state !== false && { state }),
    extras: { shown },
  };
}

/** Actions of a chunk that are executed unless the user says otherwise. */
function half(length: number): number {
  return Math.max(1, Math.floor(length / 2));
}

function checkHorizon(horizon: number | undefined): void {
  if (horizon === undefined || (Number.isInteger(horizon) && horizon >= 1)) return;
  throw new VlaPrunerError("invalid-option", {
    expected: "horizon: a whole number of at least 1",
    found: String(horizon),
    fix: "leave it out for the default",
  });
}
