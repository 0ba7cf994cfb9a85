import { availableParallelism } from "node:os";
import { Command, Option } from "commander";
import { VlaPrunerError } from "@vla-pruner/format";
import { evaluationReport, EVALUATED_PRUNERS, playPlan, policyTable, writeReport } from "@vla-pruner/eval";
import type { Played, Shard, SweepPlan } from "@vla-pruner/eval";
import { SUITES } from "@vla-pruner/sim";
import { cellLines, cellTable } from "../evaluation/cell-table.ts";
import { addVariant, parseDisturbances } from "../evaluation/parse-variant.ts";
import type { PlanOptions } from "../evaluation/plan-of.ts";
import { planOf } from "../evaluation/plan-of.ts";
import { collect } from "../options/collect.ts";
import { draftOption } from "../options/draft-option.ts";
import { addListTasks } from "../options/list-tasks-option.ts";
import { addModelOptions } from "../options/model-options.ts";
import {
  parseChoice,
  parseCount,
  parseNumber,
  parseNumbers,
  parseShard,
  parseWords,
} from "../options/parse.ts";
import { seedOption } from "../options/seed-option.ts";
import { untilInterrupted } from "../options/until-interrupted.ts";
import { CountProgress } from "../report/progress-bar.ts";
import { warn } from "../streams.ts";
import type { Streams } from "../streams.ts";

export interface EvalOptions extends PlanOptions {
  readonly jobs: number;
  readonly out?: string;
  readonly resume?: boolean;
  readonly timeLimit?: number;
  readonly shard?: Shard;
  readonly commit?: string;
  readonly against?: string;
  readonly json?: boolean;
  // Other spellings.
  readonly model?: readonly string[];
  readonly suites?: readonly string[];
  readonly retentions?: readonly number[];
}

/** @param program what worker processes run */
export function evalCommand(streams: Streams, program: string | null): Command {
  const command = new Command("eval")
    .description("Success of policies in simulation: pruners against each other, on the same episodes.")
    .option(
      "--policy <[name=]model-dir>",
      "a policy, or ws://HOST:PORT of one that is served; once for each",
      collect,
    )
    .option("--suite <suites>", `suites of tasks (${Object.keys(SUITES).join(", ")})`, parseWords)
    .option("--task <name-or-json>", "a single task, or the path of a task file; once for each", collect)
    .option(
      "--pruners <names>",
      `any of ${EVALUATED_PRUNERS.join(", ")}, or MODULE#export of your own`,
      parseWords,
      ["keep-all", "recommended"],
    )
    .option(
      "--retention <ratios>",
      "shares of the visual tokens to keep",
      parseNumbers("--retention"),
      [0.5, 0.25, 0.125],
    )
    .option(
      "--warmup <mode>",
      "of every pruner until the window is full: dense (reference), semantic or both",
      parseChoice("--warmup", "semantic", "dense", "both"),
      "dense",
    )
    .option("--episodes <N>", "episodes a cell", parseCount("--episodes"), 20)
    .addOption(seedOption("number of the first test episode"))
    .option("--execute <N>", "actions of a chunk that are executed (half of it)", parseCount("--execute"))
    .option("--horizon <N>", "control steps an episode (the task's own)", parseCount("--horizon"))
    .addOption(draftOption())
    .option(
      "--ahead [policies]",
      "choose the tokens of a call by what the call before showed: in all policies, or in those named",
      (names: string) => parseWords(names),
    )
    .option(
      "--variant <name=json>",
      'a pruner with options: mine={"pruner":"vla-pruner","decay":0.5}',
      addVariant,
    )
    .option("--disturb <json>", 'disturbances: {"shake":0.01,"occluder":true}', parseDisturbances)
    .addOption(
      new Option("--jobs <N>", "worker processes")
        .argParser(parseCount("--jobs"))
        .default(availableParallelism(), "all cores"),
    )
    .option("--time-limit <seconds>", "no new episode after this time", parseNumber("--time-limit"))
    .option("--shard <i/n>", "the i-th of n parts, for several machines; eval-report joins them", parseShard)
    .option("--out <folder>", "write episodes and reports here")
    .option("--resume", "go on with the episodes that are there")
    .option("--commit <id>", "commit to name in the report, in place of git's")
    .option(
      "--against <policy>",
      "compare the other policies with this one, pair by pair: dtypes, for instance",
    )
    .option("--json", "a JSON line a cell on stdout")
    .addOption(new Option("--model <model-dir>").argParser(collect).hideHelp())
    .addOption(new Option("--suites <suites>").argParser(parseWords).hideHelp())
    .addOption(new Option("--retentions <ratios>").argParser(parseNumbers("--retentions")).hideHelp())
    .action((options: EvalOptions) => runEval(options, streams, program));
  return addListTasks(addModelOptions(command, "the simulator's that feeds it"), streams);
}

async function runEval(given: EvalOptions, streams: Streams, program: string | null): Promise<void> {
  const options = {
    ...given,
    policy: [...(given.policy ?? []), ...(given.model ?? [])],
    ...(given.suites !== undefined && { suite: given.suites }),
    retention: given.retentions ?? given.retention,
  };
  const plan = await planOf(options);
  checkAgainst(plan, options.against);
  const { info, records, end, interrupted } = await untilInterrupted((signal) =>
    play(plan, options, streams, program, signal),
  );
  const report = evaluationReport(info, records, options.against);
  if (options.out !== undefined)
    await writeReport(options.out, report, {
      title: "Closed-loop evaluation",
      onProblem: (message) => warn(streams, message),
    });
  streams.stdout.write(options.json === true ? cellLines(report.cells) : cellTable(report.cells));
  if (options.json !== true && report.policies !== undefined)
    streams.stdout.write(`\n${policyTable(report.policies).join("\n")}`);
  if (interrupted) throw stopped("interrupted", `${end.left} episodes left after an interruption`);
  if (end.lost > 0) throw stopped("internal", `${end.lost} episodes whose worker crashed twice`);
  if (end.left > 0 && options.json !== true)
    streams.stdout.write(`\n${end.left} episodes left: run again with --resume.\n`);
}

/** A wrong name must not be told after hours of episodes. */
function checkAgainst({ policies }: SweepPlan, against: string | undefined): void {
  if (against === undefined || policies.some(({ name }) => name === against)) return;
  throw new VlaPrunerError("invalid-option", {
    expected: `--against one of the policies: ${policies.map(({ name }) => name).join(", ")}`,
    found: against,
    fix: "give a policy that name with --policy NAME=DIR",
  });
}

async function play(
  plan: SweepPlan,
  { jobs: workers, out, resume, timeLimit, shard, commit, plugin = [] }: EvalOptions,
  streams: Streams,
  program: string | null,
  signal: AbortSignal,
): Promise<Played> {
  const args = ["eval-worker", ...plugin.flatMap((name) => ["--plugin", name])];
  let progress: CountProgress | undefined;
  try {
    return await playPlan(plan, {
      workers,
      script: program === null ? null : { path: program, args },
      ...(out !== undefined && { out }),
      ...(resume !== undefined && { resume }),
      ...(timeLimit !== undefined && { timeLimit }),
      ...(shard !== undefined && { shard }),
      ...(commit !== undefined && { commit }),
      command: `vla-pruner ${process.argv.slice(2).join(" ")}`,
      signal,
      onStart: (total, done) => void (progress = new CountProgress(streams.stderr, total, done)),
      onEpisode: () => progress?.advance(),
      onProblem: (message) => warn(streams, `an episode's worker crashed: ${message}`),
    });
  } finally {
    progress?.stop();
  }
}

function stopped(code: "interrupted" | "internal", found: string): VlaPrunerError {
  return new VlaPrunerError(code, {
    expected: "all episodes to be played",
    found,
    fix: "run again with --resume to go on",
  });
}
