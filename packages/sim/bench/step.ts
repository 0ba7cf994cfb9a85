/** Time of a control step while the expert plays, per suite: `npx tsx --conditions=@vla-pruner/source bench/step.ts [episodes]` */
import { createSimulator, expertAction, SUITES, testSeed } from "../src/index.ts";

const episodes = Number(process.argv[2] ?? 3);
const simulator = await createSimulator();

for (const [suite, tasks] of Object.entries(SUITES)) {
  const times: number[] = [];
  let solved = 0;
  for (const task of tasks)
    for (let episode = 0; episode < episodes; episode += 1) {
      const tabletop = simulator.start(task, { seed: testSeed(episode) });
      for (let done = false; !done;) {
        const action = expertAction(tabletop.state(), task);
        const started = performance.now();
        const outcome = tabletop.step(action);
        times.push(performance.now() - started);
        ({ done } = outcome);
        if (outcome.success) solved += 1;
      }
      tabletop.dispose();
    }
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(2);
  console.log(
    `${suite}: ${String(times.length)} steps, median ${at(0.5)} ms, fastest tenth ${at(0.1)}, slowest ${at(0.9)}; solved ${String(solved)} of ${String(tasks.length * episodes)}`,
  );
}
