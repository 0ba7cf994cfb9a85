import { cacheOutputs } from "@vla-pruner/onnx/convert";
import type { SessionPlan } from "@vla-pruner/onnx/convert";
import type { PlannedGraph } from "@vla-pruner/onnx/graph";
import { actGraph } from "./act-graph.ts";
import { denoiseGraph } from "./denoise-graph.ts";
import { modulationGraph } from "./modulation-graph.ts";
import { oneRunActGraph, stepGraph } from "./one-run/act-graph.ts";
import { fusedHeadGraph } from "./one-run/head-graph.ts";
import { CUDA_FORM } from "./one-run/layer-form.ts";
import type { Pi0Plan, SteppedPlan } from "./pi0-sizes.ts";
import { prefillHeadGraph } from "./prefill-head-graph.ts";
import { visionGraph } from "./vision-graph.ts";
import { fusedActGraph } from "./webgpu/act-graph.ts";
import { wholeDenoiseGraph } from "./webgpu/denoise-graph.ts";
import { WEBGPU_FORM } from "./webgpu/webgpu-form.ts";

type Sessions = Readonly<Record<string, SessionPlan>>;

/** The portable graphs. */
export function sessionsOf(all: Pi0Plan): Sessions {
  return {
    ...visionSession(all),
    ...headSession(all, prefillHeadGraph(all)),
    ...actSession(all, actGraph(all)),
    denoise: { graph: denoiseGraph(all) },
    ...timeSession(all),
  };
}

/** The portable stages in nodes that are fast on WebGPU, and all Euler steps in one run of `denoise`. */
export function deviceSessions(all: SteppedPlan): Sessions {
  return {
    ...visionSession(all),
    ...headSession(all, fusedHeadGraph(all, WEBGPU_FORM)),
    ...actSession(all, fusedActGraph(all)),
    denoise: { graph: wholeDenoiseGraph(all) },
    ...timeSession(all),
  };
}

/** All from the cut on in one run of `act`; where tokens are chosen ahead, a whole call in one of `step`. */
export function oneRunSessions(all: SteppedPlan, ahead: boolean): Sessions {
  if (ahead) return { step: { graph: stepGraph(all) }, ...timeSession(all) };
  return {
    ...visionSession(all),
    ...headSession(all, fusedHeadGraph(all, CUDA_FORM)),
    act: { graph: oneRunActGraph(all) },
    ...timeSession(all),
  };
}

function visionSession(all: Pi0Plan): Sessions {
  return { vision_encoder: { graph: visionGraph(all), deviceOutputs: ["image_features"] } };
}

function headSession({ cut }: Pi0Plan, graph: PlannedGraph): Sessions {
  const deviceOutputs = ["hidden_states", ...cacheOutputs(0, cut.pruneLayer)];
  return { prefill_head: { graph, deviceOutputs } };
}

/** One that leaves keys and values. */
function actSession({ sizes, cut }: Pi0Plan, graph: PlannedGraph): Sessions {
  return { act: { graph, deviceOutputs: cacheOutputs(cut.pruneLayer, sizes.decoder.layers) } };
}

/** π0.5's time. */
function timeSession(all: Pi0Plan): Sessions {
  return all.sizes.pi05 ? { time_modulation: { graph: modulationGraph(all) } } : {};
}
