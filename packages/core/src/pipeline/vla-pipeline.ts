import { VlaPrunerError } from "@vla-pruner/errors";
import { createPolicy } from "../container/create-policy.ts";
import type { StageMiddleware } from "../middleware/stage-middleware.ts";
import type { Policy } from "../policy/policy.ts";
import { keepAll } from "../pruners/keep-all.ts";
import { recommended } from "../pruners/recommended.ts";
import type { TokenPruner } from "../token-pruner.ts";
import type { PretrainedOptions } from "../transformers/pretrained-options.ts";
import { VlaModel } from "../transformers/vla-model.ts";
import type { VlaPlugin } from "../vla-adapter.ts";
import { callablePolicy } from "./callable-policy.ts";
import type { VlaPipeline } from "./types.ts";

export interface VlaPipelineOptions extends PretrainedOptions {
  /** The plugin of the model's architecture, for example `openvla()`. */
  readonly adapter: VlaPlugin;
  /** Share of the visual tokens that the `recommended` pruner keeps. Without it and without `pruner`, nothing is pruned. */
  readonly retention?: number;
  /** Any pruner, in place of `retention`. */
  readonly pruner?: TokenPruner;
  readonly middleware?: readonly StageMiddleware[];
}

/**
 * Loads a model and gives a callable policy.
 *
 * @param modelIdOrPath a model directory, or a Hugging Face Hub id
 * @throws `model-missing`, `model-invalid`, `unknown-architecture`, `invalid-option`
 */
export async function vlaPipeline(modelIdOrPath: string, options: VlaPipelineOptions): Promise<VlaPipeline> {
  return callablePolicy(await loadPolicy(modelIdOrPath, options));
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
