import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readFrame } from "@vla-pruner/core";
import { PNG } from "pngjs";
import { latencyChart } from "./latency-chart.ts";
import { reportMarkdown } from "./markdown.ts";
import { successChart } from "./success-chart.ts";
import type { CellReport, EvaluationReport } from "./types.ts";

/** Writes `report.json`, `report.md` and the charts, each as SVG and PNG, into a folder. */
export async function writeReport(folder: string, report: EvaluationReport, title: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { totals } = report;
  const found = new Set(totals.map(({ warmup }) => warmup));
  const warmups = (["semantic", "dense"] as const).filter((warmup) => found.has(warmup));
  const shown: readonly CellReport["warmup"][] = warmups.length === 0 ? [null] : warmups;
  const charts = shown.flatMap((warmup, index) => {
    const name = index === 0 ? "" : `-${warmup}-warm-up`;
    return [
      [`success${name}`, successChart(totals, warmup)] as const,
      [`latency${name}`, latencyChart(totals, warmup)] as const,
    ];
  });
  for (const [name, svg] of charts) await writeChart(folder, name, svg);
  writeFileSync(join(folder, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  const paths = charts.map(([name]) => `${name}.png`);
  writeFileSync(join(folder, "report.md"), reportMarkdown(report, { title, charts: paths }));
}

/** The PNG is what the library that reads camera frames makes of the SVG. */
async function writeChart(folder: string, name: string, svg: string): Promise<void> {
  const path = join(folder, `${name}.svg`);
  writeFileSync(path, svg);
  const { data, width, height, channels } = await readFrame(path);
  const png = new PNG({ width, height });
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    for (let channel = 0; channel < 4; channel += 1) {
      png.data[4 * pixel + channel] = channel < channels ? (data[channels * pixel + channel] ?? 0) : 255;
    }
  }
  writeFileSync(join(folder, `${name}.png`), PNG.sync.write(png));
}
