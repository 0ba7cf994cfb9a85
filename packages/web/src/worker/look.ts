import { keepAll } from "@vla-pruner/core";
import type { Policy } from "@vla-pruner/core";
import { callMilliseconds } from "@vla-pruner/eval/closed-loop";
import { SUITES, testSeed } from "@vla-pruner/sim";
import type { Simulator } from "@vla-pruner/sim";
import type { Look, Pictures, Report } from "../messages.ts";
import { chosenPruner } from "./chosen-pruner.ts";
import { shownCall } from "./shown-call.ts";

/** One call on the visitor's picture, dense and pruned; every camera sees it, the arm is at rest. */
export async function look(
  policy: Policy,
  simulator: Simulator,
  { picture, instruction, choice }: Look,
): Promise<Extract<Report, { type: "looked" }>> {
  const images: Pictures = Object.fromEntries(policy.adapter.layout.views.map(({ name }) => [name, picture]));
  const observation = { images, instruction, state: restingState(simulator) };
  const dense = await policy.startEpisode({ pruner: keepAll() }).act(observation);
  const pruned = await policy.startEpisode({ pruner: chosenPruner(choice) }).act(observation);
  return {
    type: "looked",
    call: shownCall(pruned, images, callMilliseconds(dense)),
    denseActions: dense.actions,
  };
}

function restingState(simulator: Simulator): readonly number[] {
  const world = simulator.start(SUITES.spatial[0]!, { seed: testSeed(0) });
  try {
    return world.observe(["image"]).state;
  } finally {
    world.dispose();
  }
}
