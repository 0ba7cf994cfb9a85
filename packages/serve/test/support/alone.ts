import { createPolicy, vlaPruner } from "@vla-pruner/core";
import { FakeAdapter } from "@vla-pruner/core/testing";
import { picture } from "./openpi-client.ts";

/** What a robot gets that is alone with the fake policy, `[step][horizon][action]`. */
export async function alone(
  steps: readonly number[],
  instruction = "put the bowl on the plate",
): Promise<number[][][]> {
  const adapter = new FakeAdapter({ horizon: 2 });
  const episode = createPolicy({ adapter, pruner: vlaPruner({ retention: 0.25, window: 2 }) }).startEpisode();
  const results = [];
  for (const step of steps) {
    const { data, shape } = picture(step);
    const [height = 0, width = 0] = shape;
    const image = { data: data as Uint8Array, height, width, channels: 3 };
    const state = Array.from({ length: 8 }, (_, index) => step + index / 10);
    const { actions } = await episode.act({ images: { image }, state, instruction });
    results.push(actions.map((action) => [...action]));
  }
  return results;
}
