import type { VlaPlugin } from "@vla-pruner/core";
import { OpenVlaAdapter } from "./openvla-adapter.ts";
import type { OpenVlaOptions } from "./openvla-adapter.ts";

export type { OpenVlaOptions } from "./openvla-adapter.ts";

/** The OpenVLA plugin: `vlaPipeline(model, { plugins: [openvla()] })`. */
export function openvla(options: OpenVlaOptions = {}): VlaPlugin {
  return { architecture: "openvla", createAdapter: (model) => new OpenVlaAdapter(model, options) };
}

export { openvla as plugin };
