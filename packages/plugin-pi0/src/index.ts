import type { VlaPlugin } from "@vla-pruner/core";
import { Pi0Adapter } from "./pi0-adapter.ts";
import type { Pi0Options } from "./pi0-options.ts";

export type { Pi0Options } from "./pi0-options.ts";

/** The plugin of π0 and π0.5: `vlaPipeline(model, { plugins: [pi0()] })`. */
export function pi0(options: Pi0Options = {}): VlaPlugin {
  return { architecture: "pi0", createAdapter: (model) => new Pi0Adapter(model, options) };
}

export { pi0 as plugin };
