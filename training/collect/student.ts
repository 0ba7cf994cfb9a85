import { loadPolicy } from "@vla-pruner/core";
import type { Policy } from "@vla-pruner/core";
import { openvla } from "@vla-pruner/plugin-openvla";
import { openvlaOft } from "@vla-pruner/plugin-openvla-oft";
import { pi0 } from "@vla-pruner/plugin-pi0";

/** The dense policy of a model directory, on one core. */
export async function loadStudent(folder: string): Promise<Policy> {
  return loadPolicy(folder, { plugins: [openvla(), openvlaOft(), pi0()], threads: 1 });
}
