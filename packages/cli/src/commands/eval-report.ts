import { Command } from "commander";
import { VlaPrunerError } from "@vla-pruner/errors";
import {
  evaluationReport,
  hasEpisodes,
  joinSweepInfo,
  keyOf,
  readEpisodes,
  readSweepInfo,
  writeReport,
} from "@vla-pruner/eval";
import type { EpisodeRecord, SweepInfo } from "@vla-pruner/eval";
import { cellLines, cellTable } from "../evaluation/cell-table.ts";
import { warn } from "../streams.ts";
import type { Streams } from "../streams.ts";

interface EvalReportOptions {
  readonly out: string;
  readonly title: string;
  readonly json?: boolean;
}

export function evalReportCommand(streams: Streams): Command {
  return new Command("eval-report")
    .description("One report over the episodes of several `vla-pruner eval` runs, from other machines, too.")
    .argument("<folders...>", "what `eval --out` wrote")
    .requiredOption("--out <folder>", "write report.json, report.md and charts here")
    .option("--title <words>", "heading of the page", "Closed-loop evaluation")
    .option("--json", "a JSON line a cell on stdout")
    .action(async (folders: string[], { out, title, json }: EvalReportOptions) => {
      const { info, records } = joinFolders(folders);
      const report = evaluationReport(info, records);
      await writeReport(out, report, { title, onProblem: (message) => warn(streams, message) });
      streams.stdout.write(json === true ? cellLines(report.cells) : cellTable(report.totals));
    });
}

function joinFolders(folders: readonly string[]): { info: SweepInfo; records: EpisodeRecord[] } {
  const infos = folders.map((folder) => readSweepInfo(folder) ?? nothingIn(folder));
  const records = new Map<string, EpisodeRecord>();
  for (const folder of folders) {
    if (!hasEpisodes(folder)) nothingIn(folder);
    for (const record of readEpisodes(folder))
      if (!records.has(keyOf(record))) records.set(keyOf(record), record);
  }
  if (records.size === 0) nothingIn(folders.join(", "));
  return { info: infos.reduce(joinSweepInfo), records: [...records.values()] };
}

function nothingIn(folder: string): never {
  throw new VlaPrunerError("state-invalid", {
    expected: "a folder with sweep.json and episodes.jsonl",
    found: `no episodes in ${folder}`,
    fix: "pass the --out of a `vla-pruner eval`",
  });
}
