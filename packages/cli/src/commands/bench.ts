import { Command } from "commander";
import { createPolicy, keepAll, VlaModel, vlaPruner } from "@vla-pruner/core";
import type { Device, Episode, StepResult, VlaAdapter } from "@vla-pruner/core";
import { VlaPrunerError } from "@vla-pruner/format";
import { architectureNamed } from "../architectures.ts";
import { deviceOption } from "../options/device-option.ts";
import { parseInteger, parseNumbers } from "../options/parse.ts";
import { benchCell, benchTable } from "../report/bench-report.ts";
import type { BenchCell } from "../report/bench-report.ts";
import type { Streams } from "../streams.ts";

interface BenchOptions {
  readonly retention: readonly number[];
  readonly runs: number;
  readonly device: Device;
  readonly json?: boolean;
}

/** Calls before the first that counts: they fill the forecast's window and warm the caches. */
const WARMUP_CALLS = 4;

export function benchCommand({ stdout }: Streams): Command {
  return new Command("bench")
    .description("Measure dense against pruned, stage by stage, on made-up observations.")
    .argument("<model-dir>")
    .option(
      "--retention <ratios>",
      "shares of the visual tokens to keep",
      parseNumbers("--retention"),
      [1, 0.5, 0.25, 0.125],
    )
    .option("--runs <N>", "measured runs of each ratio", parseInteger("--runs"), 10)
    .addOption(deviceOption())
    .option("--json", "a JSON line a ratio on stdout")
    .action((folder: string, options: BenchOptions) => runBench(folder, options, stdout));
}

async function runBench(folder: string, options: BenchOptions, stdout: NodeJS.WritableStream): Promise<void> {
  if (options.runs < 1) {
    throw new VlaPrunerError("invalid-option", {
      expected: "--runs of at least 1",
      found: String(options.runs),
      fix: "leave it out for 10",
    });
  }
  const pruners = options.retention.map((retention) => vlaPruner({ retention }));
  const model = await VlaModel.from_pretrained(folder, { device: options.device });
  try {
    const [unnormKey] = Object.keys(model.vla.norm_stats);
    const adapter = architectureNamed(model.vla.architecture)
      .plugin({ ...(unnormKey !== undefined && { unnormKey }) })
      .createAdapter(model);
    const policy = createPolicy({ adapter, pruner: keepAll() });
    const episodes = pruners.map((pruner) => policy.startEpisode({ pruner }));
    const results = await interleave(adapter, episodes, options.runs);
    const cellOf = (retention: number, densest?: BenchCell): BenchCell =>
      benchCell(
        retention,
        results[options.retention.indexOf(retention)] ?? [],
        adapter.layout,
        options.device,
        densest,
      );
    const densest = cellOf(Math.max(...options.retention));
    const cells = options.retention.map((retention) => cellOf(retention, densest));
    stdout.write(
      options.json === true ? cells.map((cell) => `${JSON.stringify(cell)}\n`).join("") : benchTable(cells),
    );
  } finally {
    await model.dispose();
  }
}

/** Takes the ratios in turn, so that a change in the machine's load meets all of them. */
async function interleave(
  adapter: VlaAdapter,
  episodes: readonly Episode[],
  runs: number,
): Promise<StepResult[][]> {
  const results: StepResult[][] = episodes.map(() => []);
  for (let run = -WARMUP_CALLS; run < runs; run += 1) {
    for (const [index, episode] of episodes.entries()) {
      const result = await episode.act(adapter.exampleObservation(run + WARMUP_CALLS));
      if (run >= 0) results[index]?.push(result);
    }
  }
  return results;
}
