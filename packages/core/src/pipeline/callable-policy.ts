import type { CameraFrame } from "../observation.ts";
import type { Policy } from "../policy/policy.ts";
import type { StepResult } from "../policy/step-result.ts";
import { WorkQueue } from "../runtime/work-queue.ts";
import { readFrame } from "../transformers/read-frame.ts";
import type { FrameSource, StepExtras, VlaPipeline } from "./types.ts";

/** Makes a policy callable. */
export function callablePolicy(policy: Policy): VlaPipeline {
  const turns = new WorkQueue();
  /** A turn ends when the work has begun, hence the object around it: the policy has a queue of its own. */
  const inTurn = async <Result>(begin: () => Promise<{ begun: Promise<Result> }>): Promise<Result> =>
    (await turns.add(begin)).begun;
  const call = (
    frames: FrameSource | Readonly<Record<string, FrameSource>>,
    instruction: string,
    { signal, ...rest }: StepExtras = {},
  ): Promise<StepResult> => {
    const reading = readFrames(frames);
    reading.catch(() => undefined); // told when its turn comes
    return inTurn(async () => {
      const observation = { ...rest, images: await reading, instruction };
      return { begun: policy.act(observation, signal === undefined ? {} : { signal }) };
    });
  };
  return Object.assign(call, {
    policy,
    events: policy.events,
    reset: () => inTurn(async () => ({ begun: policy.reset() })),
    dispose: () => inTurn(async () => ({ begun: policy.dispose() })),
  });
}

async function readFrames(
  frames: FrameSource | Readonly<Record<string, FrameSource>>,
): Promise<Record<string, CameraFrame>> {
  const single = typeof frames === "string" || frames instanceof URL || "data" in frames;
  const named: [string, FrameSource][] = single ? [["image", frames as FrameSource]] : Object.entries(frames);
  return Object.fromEntries(
    await Promise.all(named.map(async ([name, source]) => [name, await readFrame(source)] as const)),
  );
}
