import { VlaPrunerError } from "@vla-pruner/format";
import { loadMujoco } from "../mujoco/load-mujoco.ts";
import { parseTask } from "../tasks/parse-task.ts";
import { TabletopEpisode } from "./tabletop-episode.ts";
import type { Simulator } from "./types.ts";

export interface SimulatorOptions {
  /** MuJoCo's WebAssembly binary, or its path or URL; for bundles. Default: `VLA_PRUNER_MUJOCO_WASM`, else the package's file; in a browser the file beside the bundle. */
  readonly wasm?: Uint8Array | string;
}

/**
 * Loads MuJoCo. One simulator serves any number of episodes; dispose those, the simulator itself holds nothing else.
 *
 * @throws `model-missing`, `model-invalid` for a binary that is not there, or is none
 */
export async function createSimulator({ wasm }: SimulatorOptions = {}): Promise<Simulator> {
  const module = await loadMujoco(wasm);
  return {
    start(task, options) {
      if (!Number.isSafeInteger(options.seed) || options.seed < 0)
        throw new VlaPrunerError("invalid-option", {
          expected: "a seed that is a whole number of 0 or more",
          found: String(options.seed),
          fix: "take one of trainSeed or testSeed",
        });
      return new TabletopEpisode(module, parseTask(task), options);
    },
  };
}
