import { basename, resolve } from "node:path";
import { Command } from "commander";
import { episodeReport, EVALUATED_PRUNERS } from "@vla-pruner/eval";
import type { EpisodeTrace } from "@vla-pruner/eval";
import { machineName } from "../evaluation/machine.ts";
import { playTraces } from "../evaluation/play-traces.ts";
import type { PlayTracesOptions } from "../evaluation/play-traces.ts";
import { taskOf } from "../evaluation/task-of.ts";
import { addListTasks } from "../options/list-tasks-option.ts";
import { parseChoice, parseCount, parseInteger, parseNumber } from "../options/parse.ts";
import { untilInterrupted } from "../options/until-interrupted.ts";
import { prepareFile, writeText } from "../report/output-file.ts";
import type { Streams } from "../streams.ts";

interface ReportOptions extends PlayTracesOptions {
  readonly task: string;
  readonly out: string;
}

export function reportCommand(streams: Streams): Command {
  const command = new Command("report")
    .description(
      "Play one episode in simulation and write it as one HTML file: cameras, kept patches, heat maps.",
    )
    .requiredOption("--model <model-dir>", "the policy")
    .requiredOption("--task <name-or-json>", "a task that ships, as spatial/…, or the path of a task file")
    .option("--seed <N>", "number of the test episode, as in eval", parseInteger("--seed"), 0)
    .option("--pruner <name>", EVALUATED_PRUNERS.join(", "), "recommended")
    .option("--retention <ratio>", "share of the visual tokens to keep", parseNumber("--retention"), 0.25)
    .option(
      "--warmup <mode>",
      "of the pruner until its window is full: semantic or dense",
      parseChoice("--warmup", "semantic", "dense"),
      "semantic",
    )
    .option("--compare-dense", "play the same episode without pruning, too, and show both side by side")
    .option("--execute <N>", "actions of a chunk that are executed (half of it)", parseCount("--execute"))
    .option("--horizon <N>", "control steps at most (the task's own)", parseCount("--horizon"))
    .option("--unnorm-key <key>", "training set whose statistics un-normalise actions")
    .requiredOption("--out <file.html>", "the report")
    .action((options: ReportOptions) => runReport(options, streams.stdout));
  return addListTasks(command, streams);
}

async function runReport(options: ReportOptions, stdout: NodeJS.WritableStream): Promise<void> {
  const task = await taskOf(options.task);
  await prepareFile(options.out); // A report that cannot be written should not cost an episode first.
  const traces = await untilInterrupted((signal) => playTraces(task, options, signal));
  const html = episodeReport(traces, {
    model: basename(resolve(options.model)),
    facts: { episode: `test episode ${options.seed}`, machine: machineName(), command: commandOf(options) },
  });
  await writeText(options.out, html);
  stdout.write(`${traces.map(summaryLine).join("")}${options.out}\n`);
}

function summaryLine({ label, outcome }: EpisodeTrace): string {
  const { success, steps, calls, denseCalls } = outcome;
  const dense = denseCalls === 0 ? "" : `, ${denseCalls} of them dense`;
  return `${label}: ${success ? "solved" : "not solved"} in ${count(steps, "step")}, ${count(calls, "call")}${dense}\n`;
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

function commandOf({
  model,
  task,
  seed,
  pruner,
  retention,
  warmup,
  compareDense,
  execute,
  horizon,
  unnormKey,
}: ReportOptions): string {
  const words: (string | number)[] = ["vla-pruner report", "--model", model, "--task", task, "--seed", seed];
  words.push("--pruner", pruner, "--retention", retention, "--warmup", warmup);
  if (execute !== undefined) words.push("--execute", execute);
  if (horizon !== undefined) words.push("--horizon", horizon);
  if (unnormKey !== undefined) words.push("--unnorm-key", unnormKey);
  if (compareDense === true) words.push("--compare-dense");
  return words.join(" ");
}
