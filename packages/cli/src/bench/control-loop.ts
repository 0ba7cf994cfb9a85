import type { Device } from "@vla-pruner/core";
import { policyWorker } from "@vla-pruner/core/worker";
import type { PolicyWorkerOptions } from "@vla-pruner/core/worker";
import { VlaPrunerError } from "@vla-pruner/format";
import type { CountProgress } from "../report/progress-bar.ts";
import { quantile, spreadOf } from "./spread.ts";
import type { Spread } from "./spread.ts";

/** How a control loop fares beside a model. Times in milliseconds. */
export interface LoopReport {
  readonly isolation: "thread" | "process";
  readonly hertz: number;
  readonly ticks: number;
  /** How late ticks came. */
  readonly late: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Calls that gave an action, and those that a newer one took the place of. */
  readonly actions: number;
  readonly superseded: number;
  /** From the call to its action. */
  readonly latency: Spread;
}

export interface LoopOptions extends PolicyWorkerOptions {
  readonly isolation: "thread" | "process";
  readonly device: Device;
  readonly hertz: number;
  readonly ticks: number;
}

/** Runs a policy in a worker and, in this thread, a loop that asks it at every tick, whether it is done or not. */
export async function controlLoop(
  model: string,
  { hertz, ticks, ...options }: LoopOptions,
  progress: CountProgress,
): Promise<LoopReport> {
  const worker = await policyWorker(model, { ...options, frames: "copy" });
  try {
    const observation = await worker.exampleObservation(0);
    await worker.act(observation);
    const [late, latencies, calls]: [number[], number[], Promise<void>[]] = [[], [], []];
    let superseded = 0;
    const call = async (): Promise<void> => {
      const began = performance.now();
      try {
        await worker.act(observation);
        latencies.push(performance.now() - began);
      } catch (error) {
        if (!VlaPrunerError.is(error, "superseded")) throw error;
        superseded += 1;
      }
    };
    const start = performance.now();
    for (let tick = 1; tick <= ticks; tick += 1) {
      const due = start + (1000 * tick) / hertz;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      late.push(performance.now() - due);
      calls.push(call());
      progress.advance();
    }
    await Promise.all(calls);
    const [p50, p99] = [quantile(late, 0.5), quantile(late, 0.99)];
    return {
      isolation: options.isolation,
      hertz,
      ticks,
      late: { p50, p99, max: Math.max(...late) },
      actions: latencies.length,
      superseded,
      latency: spreadOf(latencies),
    };
  } finally {
    await worker.dispose({ cancel: true });
  }
}
