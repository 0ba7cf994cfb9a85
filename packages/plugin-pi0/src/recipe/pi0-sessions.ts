import { cacheOutputs } from "@vla-pruner/onnx/convert";
import type { SessionPlan } from "@vla-pruner/onnx/convert";
import { actGraph } from "./act-graph.ts";
import { denoiseGraph } from "./denoise-graph.ts";
import { modulationGraph } from "./modulation-graph.ts";
import { oneRunActGraph, stepGraph } from "./one-run/act-graph.ts";
import { scoringHeadGraph } from "./one-run/head-graph.ts";
import type { Pi0Plan, SteppedPlan } from "./pi0-sizes.ts";
import { prefillHeadGraph } from "./prefill-head-graph.ts";
import { visionGraph } from "./vision-graph.ts";
import { fusedActGraph } from "./webgpu/act-graph.ts";
import { wholeDenoiseGraph } from "./webgpu/denoise-graph.ts";
import { fusedHeadGraph } from "./webgpu/head-graph.ts";

type Sessions = Readonly<Record<string, SessionPlan>>;

/** The portable graphs. */
export function sessionsOf(all: Pi0Plan): Sessions {
  const { pruneLayer } = all.cut;
  const { decoder, pi05 } = all.sizes;
  return {
    vision_encoder: { graph: visionGraph(all), deviceOutputs: ["image_features"] },
    prefill_head: {
      graph: prefillHeadGraph(all),
      deviceOutputs: ["hidden_states", ...cacheOutputs(0, pruneLayer)],
    },
    act: { graph: actGraph(all), deviceOutputs: cacheOutputs(pruneLayer, decoder.layers) },
    denoise: { graph: denoiseGraph(all) },
    ...(pi05 && { time_modulation: { graph: modulationGraph(all) } }),
  };
}

/** The portable stages in nodes that are fast on WebGPU, and all Euler steps in one run of `denoise`. */
export function deviceSessions(all: SteppedPlan): Sessions {
  const portable = sessionsOf(all);
  return {
    ...portable,
    prefill_head: { ...portable["prefill_head"], graph: fusedHeadGraph(all) },
    act: { ...portable["act"], graph: fusedActGraph(all) },
    denoise: { graph: wholeDenoiseGraph(all) },
  };
}

/** A whole call in one run: of `act`, where nothing but the scores comes back before it, or ahead of `step`. */
export function oneRunSessions(all: SteppedPlan, ahead: boolean): Sessions {
  const apart = (): Sessions => ({
    vision_encoder: { graph: visionGraph(all), deviceOutputs: ["image_features"] },
    prefill_head: { graph: scoringHeadGraph(all) },
    act: { graph: oneRunActGraph(all) },
  });
  return {
    ...(ahead ? { step: { graph: stepGraph(all) } } : apart()),
    ...(all.sizes.pi05 && { time_modulation: { graph: modulationGraph(all) } }),
  };
}
