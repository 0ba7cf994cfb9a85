import type { VlaPlugin } from "@vla-pruner/core";
import { checkPluginOptions } from "@vla-pruner/core/adapter";
import { pi0Adapter } from "./pi0-adapter.ts";
import type { Pi0Options } from "./pi0-options.ts";

export type { Pi0Options } from "./pi0-options.ts";

/**
 * The plugin of π0 and π0.5: `vlaPipeline(model, { plugins: [pi0()] })`.
 *
 * @throws `invalid-option`
 */
export function pi0(options: Pi0Options = {}): VlaPlugin {
  checkPluginOptions("pi0", options, ["steps", "attentionSteps", "cameras"]);
  return { architecture: "pi0", createAdapter: (model) => pi0Adapter(model, options) };
}

export { pi0 as plugin };
