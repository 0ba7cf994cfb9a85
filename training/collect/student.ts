import { createPolicy, keepAll, VlaModel } from "@vla-pruner/core";
import type { Policy } from "@vla-pruner/core";
import { openvla } from "@vla-pruner/plugin-openvla";
import { openvlaOft } from "@vla-pruner/plugin-openvla-oft";
import { pi0 } from "@vla-pruner/plugin-pi0";

const PLUGINS = [openvla(), openvlaOft(), pi0()];

/** The dense policy of a model directory, on one core. */
export async function loadStudent(folder: string): Promise<Policy> {
  const model = await VlaModel.from_pretrained(folder, { threads: 1 });
  const plugin = PLUGINS.find(({ architecture }) => architecture === model.vla.architecture);
  if (plugin === undefined) throw new Error(`no plugin for ${model.vla.architecture}`);
  return createPolicy({ adapter: plugin.createAdapter(model), pruner: keepAll() });
}
