import { loadPolicy } from "@vla-pruner/core";
import type { Policy, VlaModel } from "@vla-pruner/core";
import { VlaPrunerError } from "@vla-pruner/format";
import type { ModelOptions } from "../options/model-options.ts";
import { loadPlugins } from "../plugins/load-plugins.ts";

export interface OpenPolicyOptions extends Partial<ModelOptions> {
  /** Of what the model draws at random. */
  readonly seed?: number;
  /** Whether the tokens of the call before are tried as a draft. */
  readonly drafts?: boolean;
  /** Whether the tokens of a call are chosen by the call before. */
  readonly ahead?: boolean;
  /** Seconds without a step after which a forgotten reset is warned of. */
  readonly episodeGap?: number;
}

/**
 * A policy as the command line's options have it; nothing is pruned unless its episodes do. It frees a model that it
 * loaded, not one that it was given, for which no device is to be named.
 *
 * @throws as `loadPolicy`, `plugin-invalid`
 */
export async function openPolicy(model: string | VlaModel, options: OpenPolicyOptions): Promise<Policy> {
  const { plugin, camera, device, dtype, unnormKey, centerCrop, seed, noise, drafts, ahead, episodeGap } =
    options;
  const plugins = await loadPlugins(plugin, {
    ...(unnormKey !== undefined && { unnormKey }),
    ...(centerCrop !== undefined && { centerCrop }),
    ...(seed !== undefined && { seed }),
    ...(noise !== undefined && { noise }),
  });
  try {
    return await loadPolicy(model, {
      plugins,
      ...(camera && { cameras: camera }),
      ...(device && { device }),
      ...(drafts !== undefined && { drafts }),
      ...(ahead !== undefined && { selectAhead: ahead }),
      ...(episodeGap !== undefined && { episodeGap }),
      ...(dtype && { dtype }),
    });
  } catch (cause) {
    if (!VlaPrunerError.is(cause, "unknown-architecture")) throw cause;
    const { expected, found } = cause;
    const fix = `pass the plugin for ${found} with --plugin MODULE`;
    throw new VlaPrunerError("unknown-architecture", { expected, found, fix, cause });
  }
}
