/**
 * Demonstrations: episodes of the simulator, driven by the noisy expert or by a student policy, labelled by the
 * expert. All cores; the folder may be read while it grows (see shard-writer).
 *
 *     node --import tsx --conditions=@vla-pruner/source training/collect.ts --out DATA --samples 300000
 *     … --student MODEL_DIR --first-episode 1000000 --seconds 80
 *
 * Ends after so many samples or seconds, whichever comes first.
 */
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { collectEpisodes } from "./collect/worker.ts";

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    samples: { type: "string", default: "20000" },
    seconds: { type: "string", default: "Infinity" },
    workers: { type: "string", default: String(availableParallelism()) },
    shard: { type: "string", default: "1000" },
    student: { type: "string" },
    "first-episode": { type: "string", default: "0" },
    worker: { type: "string" },
  },
});
if (values.out === undefined) throw new Error("pass --out, a folder for the data");
const workers = Number(values.workers);

if (values.worker === undefined) {
  let samples = 0;
  let [episodes, solved] = [0, 0];
  const started = performance.now();
  await Promise.all(
    Array.from({ length: workers }, async (_, index) => {
      const child = fork(process.argv[1] ?? "", [...process.argv.slice(2), "--worker", String(index)]);
      child.on("message", (message: { samples: number; episodes: number; solved: number }) => {
        samples += message.samples;
        episodes += message.episodes;
        solved += message.solved;
        const rate = (1000 * samples) / (performance.now() - started);
        console.log(`${samples} samples, ${solved} of ${episodes} episodes solved, ${rate.toFixed(0)}/s`);
      });
      const code = await new Promise((done) => void child.once("exit", done));
      if (code !== 0) throw new Error(`worker ${index} ended with ${String(code)}`);
    }),
  );
} else {
  await collectEpisodes({
    folder: resolve(values.out),
    samples: Math.ceil(Number(values.samples) / workers),
    seconds: Number(values.seconds),
    shard: Number(values.shard),
    worker: Number(values.worker),
    workers,
    firstEpisode: Number(values["first-episode"]),
    student: values.student,
    report: (progress) => void process.send?.(progress),
  });
  process.exit(0);
}
