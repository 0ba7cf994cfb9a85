import type { VlaPlugin } from "@vla-pruner/core";
import { checkPluginOptions } from "@vla-pruner/core/adapter";
import { oftAdapter } from "./oft-adapter.ts";
import type { OftOptions } from "./oft-options.ts";

export type { OftOptions } from "./oft-options.ts";

/**
 * The OpenVLA-OFT plugin: `vlaPipeline(model, { plugins: [openvlaOft()] })`.
 *
 * @throws `invalid-option`
 */
export function openvlaOft(options: OftOptions = {}): VlaPlugin {
  checkPluginOptions("openvlaOft", options, ["prompt", "normalization", "steps"]);
  return { architecture: "openvla-oft", createAdapter: (model) => oftAdapter(model, options) };
}

export { openvlaOft as plugin };
