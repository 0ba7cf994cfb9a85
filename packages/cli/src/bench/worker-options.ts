import type { BenchOptions } from "../commands/bench.ts";
import { readVlaJson } from "../model-directory/read-vla-json.ts";
import { pluginNames } from "../plugins/plugin-modules.ts";
import type { LoopOptions } from "./control-loop.ts";

/** The command line's options as a policy worker's. */
export async function workerOptions(
  folder: string,
  options: BenchOptions,
): Promise<Omit<LoopOptions, "hertz" | "ticks">> {
  const { plugin, camera, centerCrop, device, dtype, threads, isolation, pruner, retention, seed, ahead } =
    options;
  const [first] = Object.keys((await readVlaJson(folder)).norm_stats);
  const unnormKey = options.unnormKey ?? first;
  const given = {
    ...(unnormKey !== undefined && { unnormKey }),
    ...(centerCrop !== undefined && { centerCrop }),
    seed,
  };
  return {
    plugins: pluginNames(plugin).map((module) => ({ module, options: given })),
    pruner: { name: pruner, retention: retention[0] ?? 1 },
    ...(camera && { cameras: camera }),
    ...(threads !== undefined && { threads }),
    ...(dtype && { dtype }),
    ...(ahead === true && { selectAhead: true }),
    device,
    isolation,
  };
}
