import type { CountProgress } from "../report/progress-bar.ts";
import { memoryUse } from "./memory-use.ts";
import type { MemoryUse } from "./memory-use.ts";
import { exampleOf } from "./observations.ts";
import type { ObservationSizes } from "./observations.ts";
import { quantile } from "./spread.ts";
import type { Contestant } from "./subjects.ts";
import { timedStep } from "./timed-step.ts";

/** Pieces of a soak whose memory is looked at. */
const PIECES = 10;

/** What many steps in a row do to a process. Times in milliseconds, memory in bytes. */
export interface SoakReport {
  readonly model: string;
  readonly retention: number;
  readonly steps: number;
  readonly median: number;
  readonly p99: number;
  /** `p99` over `median`: 1.2 on a quiet machine. */
  readonly ratio: number;
  /** After each tenth of the steps. */
  readonly memory: readonly MemoryUse[];
  /** Bytes a step of this process, by a straight line through the last half of them. */
  readonly growth: number;
}

/** Runs one contestant for many steps, after a warm-up. */
export async function soak(
  { subject, retention, draft, episode }: Contestant,
  sizes: ObservationSizes,
  { warmUp, steps, device }: { readonly warmUp: number; readonly steps: number; readonly device: string },
  progress: CountProgress,
): Promise<SoakReport> {
  const { adapter } = subject.policy;
  const times: number[] = [];
  const memory: MemoryUse[] = [];
  const piece = Math.max(1, Math.round(steps / PIECES));
  for (let step = 0; step < warmUp + steps; step += 1) {
    const { timings } = await timedStep(episode, exampleOf(adapter, sizes, step % 16), draft);
    progress.advance();
    if (step < warmUp) continue;
    times.push(Object.values(timings).reduce((sum, ms) => sum + ms, 0));
    if (times.length % piece === 0) memory.push(memoryUse(device));
  }
  const [median, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
  const late = memory.slice(Math.floor(memory.length / 2)).map(({ process }) => process);
  const growth = slopeOf(late) / piece;
  return { model: subject.model, retention, steps, median, p99, ratio: p99 / median, memory, growth };
}

/** Of the straight line through some values, by least squares. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const [above, below] = values.reduce(
    ([up, down], value, index) => [up + (index - middle) * value, down + (index - middle) ** 2],
    [0, 0],
  );
  return below === 0 ? 0 : above / below;
}
