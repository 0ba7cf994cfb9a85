import type { VlaPlugin } from "@vla-pruner/core";
import { OftAdapter } from "./oft-adapter.ts";
import type { OftOptions } from "./oft-options.ts";

export type { OftOptions } from "./oft-options.ts";

/** The OpenVLA-OFT plugin: `vlaPipeline(model, { plugins: [openvlaOft()] })`. */
export function openvlaOft(options: OftOptions = {}): VlaPlugin {
  return { architecture: "openvla-oft", createAdapter: (model) => new OftAdapter(model, options) };
}

export { openvlaOft as plugin };
