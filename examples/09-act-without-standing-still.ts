/**
 * A control loop at 10 Hz whose policy is on a server: once waiting for every chunk, once with a queue that is refilled
 * while it lasts. Time does not wait for the policy: where no action is there, the robot stands still for a step.
 *
 *     pnpm example examples/09-act-without-standing-still.ts [--episodes 4] [--hz 10] [--steps 40]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ActionQueue } from "@vla-pruner/core";
import type { ObservationInput } from "@vla-pruner/core";
import { policyWorker } from "@vla-pruner/core/worker";
import { openvlaOftRecipe } from "@vla-pruner/plugin-openvla-oft/convert";
import { openLoss, servePolicy } from "@vla-pruner/serve";
import type { PolicyHost } from "@vla-pruner/serve";
import { RefillingQueue, remotePolicy } from "@vla-pruner/serve/client";
import type { RemoteEpisode } from "@vla-pruner/serve/client";
import { createSimulator, taskNamed, testSeed } from "@vla-pruner/sim";
import { convertShipped } from "./support/tiny-model.ts";

const { values } = parseArgs({
  options: {
    episodes: { type: "string", default: "1" },
    hz: { type: "string", default: "10" },
    steps: { type: "string", default: "Infinity" },
  },
});
const [episodes, hz] = [Number(values.episodes), Number(values.hz)];
/** The gripper stays as it is, and so does everything else. */
const STAND_STILL = [0, 0, 0, 0, 0, 0, 0];
const SHIPPED = taskNamed("goal/stack-can");
const TASK = { ...SHIPPED, horizon: Math.min(SHIPPED.horizon, Number(values.steps)) };

type NextAction = (look: () => ObservationInput) => Promise<{ readonly action: readonly number[] }>;

/** Both ways execute half of a chunk of 8 before they need the next. */
const WAYS: Readonly<Record<string, (episode: RemoteEpisode) => NextAction>> = {
  "waiting for every chunk": (episode) => {
    const queue = new ActionQueue(episode, { execute: 4 });
    return (look) => queue.next(look);
  },
  "refilled while it lasts": (episode) => {
    const queue = new RefillingQueue(episode, { ahead: 6 });
    return (look) => queue.next(look);
  },
};

const model = await convertShipped("tiny-openvla-oft", openvlaOftRecipe, { views: 2 });
const server = await servePolicy({ start, port: 0 });
const robot = await remotePolicy(server.url, { deadline: 60_000 });
const simulator = await createSimulator();
for (const [way, make] of Object.entries(WAYS)) {
  let [solved, steps, still] = [0, 0, 0];
  for (let index = 0; index < episodes; index += 1) {
    const played = await play(make(robot.startEpisode()), testSeed(index));
    solved += played.success ? 1 : 0;
    steps += played.steps;
    still += played.still;
  }
  const share = ((100 * still) / steps).toFixed(0);
  console.log(`${way}: solved ${solved} of ${episodes}, stood still in ${share} % of ${steps} control steps`);
}
await robot.dispose();
await server.close();

/** One episode in the time of the clock. */
async function play(
  next: NextAction,
  seed: number,
): Promise<{ readonly success: boolean; readonly steps: number; readonly still: number }> {
  const tabletop = simulator.start(TASK, { seed });
  try {
    let [still, outcome] = [0, { success: false, done: false }];
    let pending: Promise<readonly number[] | null> | null = null;
    for (let tick = performance.now(); !outcome.done; tick += 1000 / hz) {
      await sleep(Math.max(0, tick - performance.now()));
      pending ??= next(() => tabletop.observe()).then(({ action }) => action);
      const late = sleep(200 / hz, null); // What comes in the first fifth of a step is in time for it.
      const action: readonly number[] | null = await Promise.race([pending, late]);
      if (action === null) still += 1;
      else pending = null;
      outcome = tabletop.step(action ?? STAND_STILL);
    }
    await pending?.catch(() => null);
    return { success: outcome.success, steps: tabletop.steps, still };
  } finally {
    tabletop.dispose();
  }
}

/** The policy in a worker: the server answers others while it computes. */
async function start(): Promise<PolicyHost> {
  const { lost, lose } = openLoss();
  const plugins = [new URL(import.meta.resolve("@vla-pruner/plugin-openvla-oft"))];
  const worker = await policyWorker(model, {
    plugins,
    retention: 0.25,
    waiting: "all",
    threads: 2,
    onLost: lose,
  });
  const { architecture, layout } = worker;
  return {
    facts: { architecture, layout, state: 8, unnormKey: null },
    startEpisode: ({ id }) => worker.startEpisode({ id }),
    lost,
    dispose: () => worker.dispose(),
  };
}
