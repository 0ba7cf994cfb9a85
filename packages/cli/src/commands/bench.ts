import { Command } from "commander";
import { PRUNERS, VlaModel } from "@vla-pruner/core";
import type { Episode, StepResult, VlaAdapter } from "@vla-pruner/core";
import { prunerNamed } from "@vla-pruner/eval";
import { openPolicy } from "../model-directory/open-policy.ts";
import { addModelOptions } from "../options/model-options.ts";
import type { ModelOptions } from "../options/model-options.ts";
import { parseCount, parseNumbers } from "../options/parse.ts";
import { prunerOption } from "../options/pruner-option.ts";
import { seedOption } from "../options/seed-option.ts";
import { benchCell, benchTable } from "../report/bench-report.ts";
import type { BenchCell } from "../report/bench-report.ts";
import type { Streams } from "../streams.ts";

interface BenchOptions extends ModelOptions {
  readonly pruner: string;
  readonly retention: readonly number[];
  readonly runs: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** Calls before the first that counts: they fill the forecast's window and warm the caches. */
const WARMUP_CALLS = 4;

export function benchCommand({ stdout }: Streams): Command {
  const command = new Command("bench")
    .description("Measure dense against pruned, stage by stage, on made-up observations.")
    .argument("<model-dir>")
    .addOption(prunerOption(Object.keys(PRUNERS)))
    .option(
      "--retention <ratios>",
      "shares of the visual tokens to keep",
      parseNumbers("--retention"),
      [1, 0.5, 0.25, 0.125],
    )
    .option("--runs <N>", "measured runs of each ratio", parseCount("--runs"), 10)
    .addOption(seedOption("seed of random choices and of drawn noise"))
    .option("--json", "a JSON line a ratio on stdout")
    .action((folder: string, options: BenchOptions) => runBench(folder, options, stdout));
  return addModelOptions(command, "the one of the observations");
}

async function runBench(folder: string, options: BenchOptions, stdout: NodeJS.WritableStream): Promise<void> {
  const { device, ...others } = options;
  const { retention: retentions, seed } = others;
  const chosen = await prunerNamed(options.pruner, PRUNERS);
  const pruners = retentions.map((retention) => chosen.make({ retention, seed }));
  const model = await VlaModel.from_pretrained(folder, { device });
  try {
    const [unnormKey] = Object.keys(model.vla.norm_stats); // Any will do: times are the same.
    const policy = await openPolicy(model, { ...(unnormKey !== undefined && { unnormKey }), ...others });
    const { layout } = policy.adapter;
    const episodes = pruners.map((pruner) => policy.startEpisode({ pruner }));
    const results = await interleave(policy.adapter, episodes, options.runs);
    const cellOf = (retention: number, densest?: BenchCell): BenchCell =>
      benchCell(retention, results[retentions.indexOf(retention)] ?? [], layout, device, densest);
    const densest = cellOf(Math.max(...retentions));
    const cells = retentions.map((retention) => cellOf(retention, densest));
    await policy.dispose();
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
