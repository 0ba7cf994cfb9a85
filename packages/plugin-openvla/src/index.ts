import type { VlaPlugin } from "@vla-pruner/core";
import { checkPluginOptions } from "@vla-pruner/core/adapter";
import type { PrismaticOptions } from "@vla-pruner/prismatic";
import { openvlaAdapter } from "./openvla-adapter.ts";

export type OpenVlaOptions = PrismaticOptions;

/**
 * The OpenVLA plugin: `vlaPipeline(model, { plugins: [openvla()] })`.
 *
 * @throws `invalid-option`
 */
export function openvla(options: OpenVlaOptions = {}): VlaPlugin {
  checkPluginOptions("openvla", options, ["prompt"]);
  return { architecture: "openvla", createAdapter: (model) => openvlaAdapter(model, options) };
}

export { openvla as plugin };
