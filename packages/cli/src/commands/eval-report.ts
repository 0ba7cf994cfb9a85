import { Command } from "commander";
import { evaluationReport, joinFolders, writeReport } from "@vla-pruner/eval";
import type { EpisodeFilter } from "@vla-pruner/eval";
import { cellLines, cellTable } from "../evaluation/cell-table.ts";
import { parseNumbers, parseWords } from "../options/parse.ts";
import { warn } from "../streams.ts";
import type { Streams } from "../streams.ts";

interface EvalReportOptions extends EpisodeFilter {
  readonly out: string;
  readonly title: string;
  readonly against?: string;
  readonly json?: boolean;
}

export function evalReportCommand(streams: Streams): Command {
  return new Command("eval-report")
    .description("One report over the episodes of several `vla-pruner eval` runs, from other machines, too.")
    .argument("<folders...>", "what `eval --out` wrote")
    .requiredOption("--out <folder>", "write report.json, report.md and charts here")
    .option("--title <words>", "heading of the page", "Closed-loop evaluation")
    .option("--pruners <names>", "these alone", parseWords)
    .option("--retention <ratios>", "these alone, and the dense model", parseNumbers("--retention"))
    .option("--against <policy>", "compare the other policies with this one, pair by pair")
    .option("--json", "a JSON line a cell on stdout")
    .action(async (folders: string[], { out, title, against, json, ...filter }: EvalReportOptions) => {
      const { info, records } = joinFolders(folders, filter);
      const report = evaluationReport(info, records, against);
      await writeReport(out, report, { title, onProblem: (message) => warn(streams, message) });
      streams.stdout.write(json === true ? cellLines(report.cells) : cellTable(report.totals));
    });
}
