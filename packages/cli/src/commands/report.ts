import { basename, resolve } from "node:path";
import { Command, Option } from "commander";
import { episodeReport, EVALUATED_PRUNERS, machineName } from "@vla-pruner/eval";
import type { EpisodeTrace } from "@vla-pruner/eval";
import { VlaPrunerError } from "@vla-pruner/format";
import { playTraces } from "../evaluation/play-traces.ts";
import type { PlayTracesOptions } from "../evaluation/play-traces.ts";
import { taskOf } from "../evaluation/task-of.ts";
import { addListTasks } from "../options/list-tasks-option.ts";
import { addModelOptions } from "../options/model-options.ts";
import { parseChoice, parseCount, parseNumber } from "../options/parse.ts";
import { prunerOption } from "../options/pruner-option.ts";
import { seedOption } from "../options/seed-option.ts";
import { untilInterrupted } from "../options/until-interrupted.ts";
import { prepareFile, writeText } from "../report/output-file.ts";
import type { Streams } from "../streams.ts";

interface ReportOptions extends PlayTracesOptions {
  readonly task: string;
  readonly out: string;
  /** Another spelling of the argument. */
  readonly model?: string;
}

export function reportCommand(streams: Streams): Command {
  const command = new Command("report")
    .description(
      "Play one episode in simulation and write it as one HTML file: cameras, kept patches, heat maps.",
    )
    .usage("[options] <model-dir>")
    .argument("[model-dir]", "the policy")
    .requiredOption("--task <name-or-json>", "a task that ships, as spatial/…, or the path of a task file")
    .addOption(seedOption("number of the test episode, as in eval"))
    .addOption(prunerOption(EVALUATED_PRUNERS))
    .option("--retention <ratio>", "share of the visual tokens to keep", parseNumber("--retention"), 0.25)
    .option(
      "--warmup <mode>",
      "of the pruner until its window is full: dense (reference) or semantic",
      parseChoice("--warmup", "semantic", "dense"),
      "dense",
    )
    .option("--compare-dense", "play the same episode without pruning, too, and show both side by side")
    .option("--execute <N>", "actions of a chunk that are executed (half of it)", parseCount("--execute"))
    .option("--horizon <N>", "control steps at most (the task's own)", parseCount("--horizon"))
    .requiredOption("--out <file.html>", "the report")
    .addOption(new Option("--model <model-dir>").hideHelp())
    .action((folder: string | undefined, options: ReportOptions) =>
      runReport(modelOf(folder, options), options, streams.stdout),
    );
  return addListTasks(addModelOptions(command, "the simulator's that feeds it"), streams);
}

function modelOf(folder: string | undefined, { model }: ReportOptions): string {
  const found = folder ?? model;
  if (found !== undefined && (folder === undefined || model === undefined)) return found;
  throw new VlaPrunerError("usage", {
    expected: "one model directory",
    found: found === undefined ? "none" : "two",
    fix: "run vla-pruner report <model-dir> --task NAME --out FILE.html",
  });
}

async function runReport(
  model: string,
  options: ReportOptions,
  stdout: NodeJS.WritableStream,
): Promise<void> {
  const task = await taskOf(options.task);
  await prepareFile(options.out); // A report that cannot be written should not cost an episode first.
  const traces = await untilInterrupted((signal) => playTraces(model, task, options, signal));
  const command = commandOf(model, options);
  const html = episodeReport(traces, {
    model: basename(resolve(model)),
    facts: { episode: `test episode ${options.seed}`, machine: machineName(), command },
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

function commandOf(model: string, options: ReportOptions): string {
  const { task, seed, pruner, retention, warmup, compareDense, execute, horizon } = options;
  const { plugin = [], camera = {}, unnormKey, centerCrop, device } = options;
  const words: (string | number)[] = ["vla-pruner report", model, "--task", task, "--seed", seed];
  words.push("--pruner", pruner, "--retention", retention, "--warmup", warmup);
  if (execute !== undefined) words.push("--execute", execute);
  if (horizon !== undefined) words.push("--horizon", horizon);
  if (unnormKey !== undefined) words.push("--unnorm-key", unnormKey);
  if (centerCrop === true) words.push("--center-crop");
  if (device !== "cpu") words.push("--device", device);
  for (const name of plugin) words.push("--plugin", name);
  for (const [name, key] of Object.entries(camera)) words.push("--camera", `${name}=${key}`);
  if (compareDense === true) words.push("--compare-dense");
  return words.join(" ");
}
