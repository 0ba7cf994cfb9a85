import type { GraphSession } from "../../packages/core/src/adapter/index.ts";
import type { ModelRecipe } from "../../packages/onnx/src/convert.ts";
import { openvlaRecipe } from "../../packages/plugin-openvla/src/convert.ts";
import { oneRunActGraph } from "../../packages/plugin-openvla/src/recipe/one-run/act-graph.ts";
import { planOneRun } from "../../packages/plugin-openvla/src/recipe/one-run/plan-one-run.ts";
import type { NormStats } from "../../packages/core/src/index.ts";
import { readSizes } from "../../packages/prismatic/src/convert.ts";
import type { Cell } from "./measure.ts";

/** OpenVLA's `act` for CUDA with no taps and no cut: what pruning costs where nothing is pruned is measured by it. */
export const bareRecipe: ModelRecipe = {
  ...openvlaRecipe,
  plan: (request) => {
    const { config, checkpoint, floatType } = request;
    const { vla } = openvlaRecipe.plan(request);
    const sizes = readSizes(config, checkpoint);
    const cut = { pruneLayer: sizes.decoder.layers, actionLayers: [], tappedLayers: [] };
    const statistics: Readonly<Record<string, NormStats>> = vla["norm_stats"];
    const plan = planOneRun({ sizes, cut, views: 1, checkpoint, floatType }, "cuda", statistics, false);
    return { vla, sessions: { act: { graph: oneRunActGraph(plan) } } };
  },
};

/** A session that times another one by turns with it, on the same feeds, while `cell` runs a step. */
export function besides(session: GraphSession, other: GraphSession): Beside {
  let parts: Record<string, number> | null = null;
  const measured: GraphSession = {
    ...session,
    run: async (feeds) => {
      if (parts === null) return session.run(feeds);
      const bare = await timed(other, feeds);
      const { outputs, time } = await timed(session, feeds);
      parts = { act: time, "act without taps and cut": bare.time };
      return outputs;
    },
  };
  const cell = (step: Cell): Cell => ({
    name: `${step.name}, taps and cut`,
    async run() {
      parts = {};
      await step.run();
      const made = parts;
      parts = null;
      return made;
    },
  });
  return { session: measured, cell };
}

export interface Beside {
  readonly session: GraphSession;
  readonly cell: (step: Cell) => Cell;
}

async function timed(
  session: GraphSession,
  feeds: Parameters<GraphSession["run"]>[0],
): Promise<{ readonly outputs: Awaited<ReturnType<GraphSession["run"]>>; readonly time: number }> {
  const own = Object.fromEntries(Object.entries(feeds).filter(([name]) => session.inputNames.includes(name)));
  const start = performance.now();
  const outputs = await session.run(own);
  return { outputs, time: performance.now() - start };
}
