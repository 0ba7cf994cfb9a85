import { VlaPrunerError } from "@vla-pruner/errors";
import { createPolicy } from "../container/create-policy.ts";
import type { StageMiddleware } from "../middleware/stage-middleware.ts";
import type { CameraFrame, Observation } from "../observation.ts";
import type { PolicyEmitter } from "../events.ts";
import type { ActOptions } from "../policy/episode.ts";
import type { Policy } from "../policy/policy.ts";
import type { StepResult } from "../policy/step-result.ts";
import { keepAll } from "../pruners/keep-all.ts";
import { recommended } from "../pruners/recommended.ts";
import type { TokenPruner } from "../token-pruner.ts";
import { readFrame } from "../transformers/read-frame.ts";
import type { PretrainedOptions } from "../transformers/pretrained-options.ts";
import { VlaModel } from "../transformers/vla-model.ts";
import type { VlaPlugin } from "../vla-adapter.ts";

export interface VlaPipelineOptions extends PretrainedOptions {
  /** The plugin of the model's architecture, for example `openvla()`. */
  readonly adapter: VlaPlugin;
  /** Share of the visual tokens that the `recommended` pruner keeps. Without it and without `pruner`, nothing is pruned. */
  readonly retention?: number;
  /** Any pruner, in place of `retention`. */
  readonly pruner?: TokenPruner;
  readonly middleware?: readonly StageMiddleware[];
}

/** A camera frame as pixels, or the path or URL of one. */
export type FrameSource = CameraFrame | string | URL;

/** What may come with frames and instruction: state, noise, a signal that cancels. */
export type StepExtras = Omit<Observation, "images" | "instruction"> & ActOptions;

/** A policy that can be called: one frame (or several, by camera name) and an instruction give an action. */
export interface VlaPipeline {
  (
    frames: FrameSource | Readonly<Record<string, FrameSource>>,
    instruction: string,
    rest?: StepExtras,
  ): Promise<StepResult>;
  readonly policy: Policy;
  /** What happened, after the fact. */
  readonly events: PolicyEmitter;
  /** Starts the next episode: forgets past action attention. */
  reset(): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * Loads a model and gives a callable policy.
 *
 * @param modelIdOrPath a model directory, or a Hugging Face Hub id
 * @throws `model-missing`, `model-invalid`, `unknown-architecture`, `invalid-option`
 */
export async function vlaPipeline(modelIdOrPath: string, options: VlaPipelineOptions): Promise<VlaPipeline> {
  const policy = await loadPolicy(modelIdOrPath, options);
  const call = async (
    frames: FrameSource | Readonly<Record<string, FrameSource>>,
    instruction: string,
    { signal, ...rest }: StepExtras = {},
  ): Promise<StepResult> => {
    const observation = { ...rest, images: await readFrames(frames), instruction };
    return policy.act(observation, signal === undefined ? {} : { signal });
  };
  return Object.assign(call, {
    policy,
    events: policy.events,
    reset: () => policy.reset(),
    dispose: () => policy.dispose(),
  });
}

/** Loads a model and composes the policy, for those who start their own episodes. */
export async function loadPolicy(modelIdOrPath: string, options: VlaPipelineOptions): Promise<Policy> {
  const { adapter: plugin, retention, pruner, middleware, ...pretrained } = options;
  const chosen = pruner ?? (retention === undefined ? keepAll() : recommended({ retention }));
  const model = await VlaModel.from_pretrained(modelIdOrPath, pretrained);
  try {
    if (model.vla.architecture !== plugin.architecture)
      throw otherArchitecture(model.vla.architecture, plugin.architecture);
    const adapter = plugin.createAdapter(model);
    return createPolicy({
      adapter,
      pruner: chosen,
      middleware: middleware ?? [],
      dispose: () => model.dispose(),
    });
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

function otherArchitecture(found: string, expected: string): VlaPrunerError {
  return new VlaPrunerError("unknown-architecture", {
    expected: `a model of architecture ${expected}, which the given adapter serves`,
    found,
    fix: `pass the plugin for ${found} as the adapter`,
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
