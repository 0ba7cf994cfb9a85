import { join } from "node:path";
import { readFrame } from "@vla-pruner/core";
import type { CameraFrame } from "@vla-pruner/core";
import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import { makeFolder, writeWhole } from "@vla-pruner/format/files";
import { PNG } from "pngjs";
import { orUnwritable } from "../unwritable.ts";
import { latencyChart } from "./latency-chart.ts";
import { reportMarkdown } from "./markdown.ts";
import { successChart } from "./success-chart.ts";
import type { CellReport, EvaluationReport } from "./types.ts";

export interface WriteReportOptions {
  /** Heading of the page. */
  readonly title: string;
  /** Something that did not stop the report: no PNG could be made. */
  readonly onProblem?: (message: string) => void;
  /** Pixels of an SVG file. Default: by the library that reads camera frames. */
  readonly rasterise?: (path: string) => Promise<CameraFrame>;
}

/**
 * Writes `report.json`, `report.md` and the charts, each as SVG and PNG, into a folder. The page shows the PNGs, or
 * the SVGs where no PNG can be made.
 *
 * @throws `output-unwritable`, `invalid-option`
 */
export async function writeReport(
  folder: string,
  report: EvaluationReport,
  options: WriteReportOptions,
): Promise<void> {
  checkOptions("writeReport", options, ["title", "onProblem", "rasterise"]);
  const { title, onProblem, rasterise = readFrame } = options;
  orUnwritable(folder, () => makeFolder(folder));
  const charts = chartsOf(report);
  const names = charts.map(([name]) => name);
  const write = (name: string, text: string): void => {
    const path = join(folder, name);
    orUnwritable(path, () => writeWhole(path, text));
  };
  const writePage = (extension: "svg" | "png"): void => {
    const paths = names.map((name) => `${name}.${extension}`);
    write("report.md", reportMarkdown(report, { title, charts: paths }));
  };
  write("report.json", `${JSON.stringify(report, null, 2)}\n`);
  for (const [name, svg] of charts) write(`${name}.svg`, svg);
  writePage("svg");
  try {
    for (const name of names)
      writePng(join(folder, `${name}.png`), await rasterise(join(folder, `${name}.svg`)));
  } catch (error) {
    if (!VlaPrunerError.is(error, "image-invalid")) throw error;
    onProblem?.(`no PNG of the charts, report.md shows the SVGs: ${error.message}`);
    return;
  }
  writePage("png");
}

/** File names without an extension, and SVGs; a pair for each warm-up. */
function chartsOf({ totals }: EvaluationReport): (readonly [name: string, svg: string])[] {
  const found = new Set(totals.map(({ warmup }) => warmup));
  const warmups = (["semantic", "dense"] as const).filter((warmup) => found.has(warmup));
  const shown: readonly CellReport["warmup"][] = warmups.length === 0 ? [null] : warmups;
  return shown.flatMap((warmup, index) => {
    const name = index === 0 ? "" : `-${warmup}-warm-up`;
    return [
      [`success${name}`, successChart(totals, warmup)] as const,
      [`latency${name}`, latencyChart(totals, warmup)] as const,
    ];
  });
}

/** Writes what a library made of an SVG as a PNG; what has no channel of its own is opaque. @throws `output-unwritable` */
function writePng(path: string, { data, width, height, channels }: CameraFrame): void {
  const png = new PNG({ width, height });
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    for (let channel = 0; channel < 4; channel += 1) {
      png.data[4 * pixel + channel] = channel < channels ? (data[channels * pixel + channel] ?? 0) : 255;
    }
  }
  orUnwritable(path, () => writeWhole(path, PNG.sync.write(png)));
}
