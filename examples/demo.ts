/**
 * `npx pnpm@12 demo [--task NAME] [--seed N] [--retention R] [--out FILE.html] [--picture FILE.png]`: a trained policy
 * plays one episode in simulation, dense and pruned call by call in turn, from checkpoint to report.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { keepAll, loadPolicy, recommended, VlaPrunerError } from "@vla-pruner/core";
import type { Policy, StepResult } from "@vla-pruner/core";
import { episodeReport, runEpisode } from "@vla-pruner/eval";
import type { EpisodeTrace, ModelCall } from "@vla-pruner/eval";
import { openvlaOft } from "@vla-pruner/plugin-openvla-oft";
import { openvlaOftRecipe } from "@vla-pruner/plugin-openvla-oft/convert";
import { createSimulator, testSeed } from "@vla-pruner/sim";
import type { Simulator } from "@vla-pruner/sim";
import { CALL_HEADER, CALL_LEGEND, callLine, outcomeLine, timingSummary } from "./support/call-report.ts";
import { costSummary, fullSizeCost } from "./support/cost-report.ts";
import { demoOptions } from "./support/demo-options.ts";
import type { DemoOptions } from "./support/demo-options.ts";
import { fourMoments, keptPicture } from "./support/kept-picture.ts";
import { playEpisode } from "./support/play-episode.ts";
import { writePng } from "./support/png.ts";
import { takeTurns } from "./support/take-turns.ts";
import { convertShipped } from "./support/tiny-model.ts";

const MODEL = "tiny-openvla-oft";

await demo(process.argv.slice(2)).catch((error: unknown) => {
  if (!VlaPrunerError.is(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
});

async function demo(words: readonly string[]): Promise<void> {
  const options = demoOptions(words);
  // The reference's warm-up keeps all tokens in the first three calls: of an episode this short, too large a part.
  const pruner = recommended({ retention: options.retention, warmup: "semantic" });
  const started = performance.now();
  const folder = await convertShipped(MODEL, openvlaOftRecipe);
  const policy = await loadPolicy(folder, { plugins: [openvlaOft()], pruner });
  try {
    const simulator = await createSimulator();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`checkpoints/${MODEL}, trained in this simulator: converted and loaded in ${seconds} s`);
    await compare(policy, simulator, options);
  } finally {
    await policy.dispose();
  }
}

async function compare(policy: Policy, simulator: Simulator, options: DemoOptions): Promise<void> {
  const { task, episode, retention } = options;
  const { layout } = policy.adapter;
  const [seed, share] = [testSeed(episode), `${Number((100 * retention).toFixed(1))} %`];
  const cameras = layout.views.length;
  console.log(
    `${layout.layers} layers; from layer ${layout.pruneLayer} on, ${share} of the visual tokens of ${cameras} cameras are kept, in every call`,
  );
  console.log(
    "warm-up: semantic attention chooses alone in the first three calls (the reference keeps all there)",
  );
  console.log(
    "candidates: each score names as many as are kept, and at least a quarter; diversity decides among them",
  );

  // First calls are slow, dense or pruned: sessions allocate, code is compiled.
  await runEpisode(policy, simulator, { task, seed, pruner: keepAll(), horizon: 8 });
  const { instruction } = await runEpisode(policy, simulator, { task, seed, horizon: 8 });
  console.log(`\n${task.name}, test episode ${episode}: "${instruction}"`);
  console.log(`${CALL_LEGEND}\n\n${CALL_HEADER}`);
  const before: ModelCall[] = [];
  const results: StepResult[] = [];
  const [dense, pruned] = await takeTurns(
    (pause) =>
      playEpisode(policy, simulator, {
        task,
        seed,
        pruner: keepAll(),
        label: "dense",
        pause,
        onCall: (call) => void before.push(call),
      }),
    (pause) =>
      playEpisode(policy, simulator, {
        task,
        seed,
        pruner: policy.pruner,
        label: `vla-pruner ${share}`,
        pause,
        onCall(call) {
          results.push(call.result);
          console.log(callLine(call, before[call.result.step]));
        },
      }),
  );
  console.log(`\n${outcomeLine(dense, task)}\n${outcomeLine(pruned, task)}`);
  console.log("One episode says little about success: docs/results/closed-loop.md has many.\n");
  console.log(`${timingSummary(dense, pruned)}\n`);
  const [{ sequence, keep } = { sequence: 0, keep: [] }] = results.slice(-1);
  console.log(costSummary(layout, sequence, keep.length));
  console.log(`${fullSizeCost(layout.pruneLayer, retention)}\n`);
  await writeFiles([dense, pruned], options);
}

async function writeFiles(
  traces: readonly [EpisodeTrace, EpisodeTrace],
  { episode, out, picture }: DemoOptions,
): Promise<void> {
  const command = `npx pnpm@12 demo ${process.argv.slice(2).join(" ")}`.trim();
  const facts = { episode: `test episode ${episode}`, command };
  const report = resolve(out);
  await mkdir(dirname(report), { recursive: true });
  await writeFile(report, episodeReport(traces, { model: MODEL, facts }));
  console.log(`open in a browser, call by call, dense beside pruned: ${report}`);
  if (picture === null) return;
  await mkdir(dirname(resolve(picture)), { recursive: true });
  await writePng(picture, keptPicture(fourMoments(traces[1].calls)));
  console.log(`kept patches at four moments: ${resolve(picture)}`);
}
