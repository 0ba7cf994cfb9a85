import { sessionOf, TapMean, throwIfCancelled } from "@vla-pruner/core/adapter";
import type { FlowActions, FlowParts } from "./action-flow.ts";
import { EulerRun } from "./euler-run.ts";
import { pastOf } from "./caches.ts";
import { FlowDecoder } from "./flow-decoder.ts";
import type { FlowInputs } from "./flow-decoder.ts";

/** The way from noise to actions over keys and values. @throws `session-failed`, `cancelled` */
export type Denoise = (inputs: FlowInputs) => Promise<FlowActions>;

/** A run of `denoise` for each Euler step. */
export function denoiseByStep({ sessions, vla, plan, layout, times }: FlowParts): Denoise {
  const decoder = new FlowDecoder(sessionOf(sessions, "denoise"), times, vla, plan);
  return async (inputs) => {
    const taps = new TapMean(layout, inputs.vision, inputs.kept);
    const values = await decoder.run(inputs, (all, kept) => taps.add(all, kept));
    return { values, actionAttention: taps.layers() };
  };
}

/** All of them in one run. */
export function denoiseAtOnce({ sessions, ...parts }: FlowParts): Denoise {
  const euler = new EulerRun(sessionOf(sessions, "denoise"), parts);
  return async ({ cache, signal, state, noise, ...size }) => {
    throwIfCancelled(signal, "before the Euler steps");
    const { actions } = await euler.run(pastOf(cache), size, { state, noise });
    return actions;
  };
}
