import { basename } from "node:path";
import { SUITES, createSimulator } from "@vla-pruner/sim";
import { allInstructions } from "../instructions.ts";
import { CHUNK, CLASSES, play } from "./play.ts";
import { ShardWriter } from "./shard-writer.ts";
import { loadStudent } from "./student.ts";

export interface CollectOptions {
  readonly folder: string;
  /** Samples of this worker, at most. */
  readonly samples: number;
  /** Time for all of it; an episode under way is broken off. */
  readonly seconds: number;
  readonly shard: number;
  readonly worker: number;
  readonly workers: number;
  readonly firstEpisode: number;
  /** Model directory of the policy that drives; the noisy expert where absent. */
  readonly student: string | undefined;
  readonly report: (progress: { samples: number; episodes: number; solved: number }) => void;
}

/** Of a student's episodes, those that the expert drives all the same: it must keep showing the way to the end. */
const EXPERT_SHARE = 0.25;

/** One worker's part: every `workers`-th training episode, the tasks in turn. */
export async function collectEpisodes(options: CollectOptions): Promise<void> {
  const { folder, samples, worker, workers } = options;
  const end = performance.now() + 1000 * options.seconds;
  const simulator = await createSimulator();
  const student = options.student === undefined ? undefined : await loadStudent(options.student);
  const tasks = Object.values(SUITES).flat();
  const rows = new Map(allInstructions().map((text, row) => [text, row]));
  const shape = {
    size: 112,
    views: 2,
    chunk: CHUNK,
    state: 8,
    classes: CLASSES,
    ...(options.student !== undefined && { student: basename(options.student) }),
  };
  const writer = new ShardWriter(folder, `${options.firstEpisode}-${worker}`, shape);
  let [taken, episodes, solved] = [0, 0, 0];
  const over = (): boolean => taken >= samples || performance.now() > end;
  const flush = async (): Promise<void> => {
    options.report({ samples: await writer.flush(), episodes, solved });
    [episodes, solved] = [0, 0];
  };
  for (let turn = 0; !over(); turn += 1) {
    const episode = options.firstEpisode + turn * workers + worker;
    const task = tasks[episode % tasks.length];
    if (task === undefined) throw new Error("there are no tasks");
    const driven = student !== undefined && (turn % 4) / 4 >= EXPERT_SHARE ? { student } : {};
    const samplesOf = play(simulator, { task, episode, rows, ...driven });
    let step = await samplesOf.next();
    for (; step.done !== true && !over(); step = await samplesOf.next()) {
      writer.add(step.value);
      taken += 1;
    }
    if (step.done !== true) await samplesOf.return(false);
    episodes += 1;
    solved += step.done === true && step.value ? 1 : 0;
    if (writer.pending >= options.shard) await flush();
  }
  await flush();
}
