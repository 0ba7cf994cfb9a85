// Success of the scripted expert on every task, and how fast it labels and the physics runs, on one core. No pictures.
// npx tsx --conditions=@vla-pruner/source packages/sim/bench/expert.ts [episodes] [part of the tasks' names]
import { cpus } from "node:os";
import { SUITES, createSimulator, expertAction, expertChunk, testSeed, trainSeed } from "@vla-pruner/sim";
import type { EpisodeOptions, Task } from "@vla-pruner/sim";
import { gaussian, seededRandom } from "../src/world/seeded-random.ts";
import { wilsonInterval } from "./wilson-interval.ts";

/** Ways to play: how the action is disturbed, as training/collect does it, and where the arm starts. */
const WAYS: readonly { name: string; start: "home" | "anywhere"; spread: number; bursts: number }[] = [
  { name: "home", start: "home", spread: 0, bursts: 0 },
  { name: "anywhere", start: "anywhere", spread: 0, bursts: 0 },
  { name: "noise 0.3, bursts 0.02", start: "home", spread: 0.3, bursts: 0.02 },
  { name: "noise 0.5, bursts 0.05", start: "anywhere", spread: 0.5, bursts: 0.05 },
];
const CHUNK = 16;
const FUMBLE = 0.3;

const [episodes = "200", part = "", ways = "home anywhere noise"] = process.argv.slice(2);
const simulator = await createSimulator();
console.log(
  `${cpus()[0]?.model.trim() ?? "unknown processor"}, Node ${process.version}, ${episodes} episodes a cell`,
);
for (const way of WAYS) {
  if (!ways.split(" ").some((word) => way.name.startsWith(word))) continue;
  console.log(`\n${way.name}\n`);
  for (const task of Object.values(SUITES).flat()) {
    if (task.name.includes(part)) console.log(report(task, way, Number(episodes)));
  }
}

function report(task: Task, way: (typeof WAYS)[number], count: number): string {
  const failed: number[] = [];
  const lengths: number[] = [];
  const start = performance.now();
  let steps = 0;
  for (let episode = 0; episode < count; episode += 1) {
    const seed = (episode % 2 === 0 ? trainSeed : testSeed)(episode >> 1);
    const length = play(task, { seed, start: way.start }, way);
    steps += length ?? task.horizon;
    if (length === null) failed.push(seed);
    else lengths.push(length);
  }
  const rate = (1000 * steps) / (performance.now() - start);
  lengths.sort((a, b) => a - b);
  const [low, high] = wilsonInterval(lengths.length, count).map((value) => (100 * value).toFixed(1));
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  const cells = [
    task.name.padEnd(34),
    `${((100 * lengths.length) / count).toFixed(1)} % [${low}, ${high}]`.padEnd(22),
    `steps mean ${mean.toFixed(1)}, most ${lengths.at(-1) ?? 0}, horizon ${task.horizon}`.padEnd(44),
    `${rate.toFixed(0)} steps/s`,
    failed.length === 0 ? "" : `failed: ${failed.slice(0, 6).join(" ")}`,
  ];
  return cells.join(" ");
}

/** Steps to success, or `null`. */
function play(
  task: Task,
  options: EpisodeOptions,
  { spread, bursts }: { spread: number; bursts: number },
): number | null {
  const random = seededRandom(options.seed, 99);
  const tabletop = simulator.start(task, options);
  let burst: { left: number; action: number[] } | null = null;
  try {
    for (;;) {
      const action = expertAction(tabletop.state(), task);
      if (burst === null && random() < bursts) {
        const gripper = random() < FUMBLE ? Math.sign(random() - 0.5) : null;
        const way = Array.from({ length: 6 }, (_, axis) => (2 * random() - 1) * (axis < 3 ? 1 : 0.3));
        burst = { left: 3 + Math.floor(6 * random()), action: [...way, gripper ?? Number.NaN] };
      }
      const noisy = action.map((value, axis) => {
        if (burst !== null) return Number.isNaN(burst.action[axis]) ? value : (burst.action[axis] ?? value);
        const noise = axis < 6 ? gaussian(random) * spread * (axis < 3 ? 1 : 0.3) : 0;
        return Math.max(-1, Math.min(1, value + noise));
      });
      if (burst !== null && (burst.left -= 1) === 0) burst = null;
      const { success, done } = tabletop.step(noisy);
      if (success) return tabletop.steps;
      if (done) return null;
    }
  } finally {
    tabletop.dispose();
  }
}

{
  const task = SUITES.long[0];
  if (task === undefined) throw new Error("no tasks");
  const tabletop = simulator.start(task, { seed: 0 });
  const state = tabletop.state();
  const runs = 2000;
  for (let run = 0; run < runs; run += 1) expertChunk(state, task, CHUNK);
  const start = performance.now();
  for (let run = 0; run < runs; run += 1) expertChunk(state, task, CHUNK);
  console.log(`\nexpertChunk of ${CHUNK}: ${((performance.now() - start) / runs).toFixed(3)} ms`);
  tabletop.dispose();
}
