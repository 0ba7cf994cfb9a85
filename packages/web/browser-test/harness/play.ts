import { keepAll, recommended } from "@vla-pruner/core";
import type { Observation, Policy } from "@vla-pruner/core";
import type { CallTimes, PackedObservation, PlainStep } from "./messages.ts";

/** One episode over given observations, in a browser as in Node. @param retention nothing is pruned where absent */
export async function play(
  policy: Policy,
  packed: readonly PackedObservation[],
  retention?: number,
): Promise<PlainStep[]> {
  const episode = policy.startEpisode({
    pruner: retention === undefined ? keepAll() : recommended({ retention }),
  });
  const steps: PlainStep[] = [];
  for (const observation of packed) {
    const { decision, keep, actions } = await episode.act(unpack(policy, observation));
    steps.push({ decision, keep: [...keep], actions });
  }
  return steps;
}

/** Milliseconds of whole calls, a dense one and a pruned one by turns. */
export async function timeCalls(
  policy: Policy,
  packed: readonly PackedObservation[],
  rounds: number,
  retention: number,
): Promise<CallTimes> {
  const episodes = {
    dense: policy.startEpisode({ pruner: keepAll() }),
    pruned: policy.startEpisode({ pruner: recommended({ retention, warmup: "semantic" }) }),
  };
  const times: CallTimes = { dense: [], pruned: [] };
  for (let round = -1; round < rounds; round += 1) {
    const next = packed[(round + 1) % packed.length];
    if (next === undefined) break;
    const observation = unpack(policy, next);
    for (const kind of ["dense", "pruned"] as const) {
      const begin = performance.now();
      await episodes[kind].act(observation);
      // The first of each warms up.
      if (round >= 0) times[kind].push(performance.now() - begin);
    }
  }
  return times;
}

function unpack({ adapter }: Policy, { images, instruction, state }: PackedObservation): Observation {
  const { views, reads } = adapter.layout;
  const named = views.flatMap(({ name }, index) => {
    const image = images[index];
    if (image === undefined) return [];
    const data = Uint8Array.from(atob(image.base64), (character) => character.charCodeAt(0));
    return [[name, { data, width: image.width, height: image.height, channels: 3 as const }] as const];
  });
  return { images: Object.fromEntries(named), instruction, ...(reads?.state !== false && { state }) };
}
