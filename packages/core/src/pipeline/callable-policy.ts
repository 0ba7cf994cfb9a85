import { isObject } from "@vla-pruner/format";
import type { FrameSource } from "../observation.ts";
import type { Policy } from "../policy/policy.ts";
import type { StepResult } from "../policy/step-result.ts";
import type { StepExtras, VlaPipeline } from "./types.ts";

/** Makes a policy callable. */
export function callablePolicy(policy: Policy): VlaPipeline {
  const call = (
    frames: FrameSource | Readonly<Record<string, FrameSource>>,
    instruction: string,
    { signal, draft, ...rest }: StepExtras = {},
  ): Promise<StepResult> => {
    const observation = { ...rest, images: isFrame(frames) ? { image: frames } : frames, instruction };
    return policy.act(observation, { ...(signal && { signal }), ...(draft && { draft }) });
  };
  return Object.assign(call, {
    policy,
    events: policy.events,
    reset: () => policy.reset(),
    dispose: () => policy.dispose(),
  });
}

function isFrame(frames: FrameSource | Readonly<Record<string, FrameSource>>): frames is FrameSource {
  if (typeof frames === "string" || frames instanceof URL) return true;
  return !isObject(frames) || "data" in frames; // nothing in place of a frame is told as such
}
