import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import type { SessionEntry } from "@vla-pruner/core";
import { dtypeOf, sessionFiles, VlaPrunerError } from "@vla-pruner/format";
import { summarizeModel } from "@vla-pruner/onnx/graph";
import type { GraphSummary } from "@vla-pruner/onnx/graph";
import { readVlaJson } from "../model-directory/read-vla-json.ts";
import { pluginOption } from "../options/plugin-option.ts";
import { loadPlugins } from "../plugins/load-plugins.ts";
import { describeStatistics, reportStatistics } from "../report/statistics-report.ts";
import type { StatisticsReport } from "../report/statistics-report.ts";
import type { Streams } from "../streams.ts";

interface SessionReport extends GraphSummary {
  readonly session: string;
  readonly dtype: string;
  readonly file: string;
  readonly bytes: number;
}

export function inspectCommand({ stdout }: Streams): Command {
  return new Command("inspect")
    .description("Say what a model directory holds: architecture, cut, taps, sessions, inputs and outputs.")
    .argument("<model-dir>")
    .addOption(pluginOption())
    .option("--json", "one JSON object on stdout")
    .action(async (folder: string, { plugin, json }: InspectOptions) => {
      const report = await inspect(folder, plugin);
      stdout.write(json === true ? `${JSON.stringify(report)}\n` : describe(report));
    });
}

interface InspectOptions {
  readonly plugin?: readonly string[];
  readonly json?: boolean;
}

interface Report {
  readonly architecture: string;
  /** The module that serves it, or `null`. */
  readonly plugin: string | null;
  readonly dtype: string;
  readonly pruneLayer: number;
  readonly actionLayers: readonly number[];
  readonly tappedLayers: readonly number[];
  readonly views: number;
  readonly visionTokensPerView: number;
  readonly unnormKeys: readonly string[];
  readonly statistics: StatisticsReport;
  readonly sessions: readonly SessionReport[];
}

async function inspect(folder: string, given: InspectOptions["plugin"]): Promise<Report> {
  const plugins = await loadPlugins(given, {});
  const vla = await readVlaJson(folder);
  const sessions = Object.entries(vla.sessions).flatMap(([session, entry]) => [
    inspectSession(folder, dtypeOf(vla, entry), session, entry),
    ...Object.entries(entry.variants ?? {}).map(([dtype, bytes]) =>
      inspectSession(folder, dtype, session, { ...entry, bytes, dtype }),
    ),
  ]);
  return {
    architecture: vla.architecture,
    plugin: plugins.find(({ architecture }) => architecture === vla.architecture)?.module ?? null,
    dtype: vla.dtype,
    pruneLayer: vla.prune_layer,
    actionLayers: vla.action_layers,
    tappedLayers: vla.tapped_layers,
    views: vla.views,
    visionTokensPerView: vla.vision_tokens_per_view,
    unnormKeys: Object.keys(vla.norm_stats),
    statistics: reportStatistics(vla),
    sessions: await Promise.all(sessions),
  };
}

async function inspectSession(
  folder: string,
  dtype: string,
  session: string,
  entry: SessionEntry,
): Promise<SessionReport> {
  const files = sessionFiles({ dtype }, entry);
  await Promise.all(files.map(({ file, bytes }) => checkSize(join(folder, file), bytes)));
  const [{ file } = { file: "" }] = files;
  const bytes = files.reduce((sum, part) => sum + part.bytes, 0);
  return { session, dtype, file, bytes, ...summarizeModel(await readFile(join(folder, file)), file) };
}

/** A damaged directory must not be shown as a whole one. */
async function checkSize(path: string, bytes: number): Promise<void> {
  const found = await stat(path).then(
    ({ size }) => size,
    () => null,
  );
  if (found === bytes) return;
  throw new VlaPrunerError(found === null ? "model-missing" : "model-invalid", {
    expected: `${path} of ${bytes} bytes`,
    found: found === null ? "no such file" : `${found} bytes`,
    fix: "copy or download the model directory again, or convert the checkpoint again",
  });
}

function describe(report: Report): string {
  const lines = [
    `${report.architecture}, ${report.dtype}`,
    `layers 0 … ${report.pruneLayer - 1} see all tokens, the cut is before layer ${report.pruneLayer}`,
    `action score: layers ${inRanges(report.actionLayers)}`,
    `act --action-layers can choose from: ${inRanges(report.tappedLayers)}`,
    `${report.views} view(s) of ${report.visionTokensPerView} visual tokens`,
    `unnorm keys: ${report.unnormKeys.join(", ") || "none"}`,
    ...describeStatistics(report.statistics),
    `served by: ${report.plugin ?? "no plugin that is known; pass --plugin MODULE"}`,
    ...report.sessions.flatMap(({ session, file, bytes, parameters, nodes, inputs, outputs }) => [
      "",
      `${session}: ${file}, ${(bytes / 1e6).toFixed(1)} MB, ${(parameters / 1e6).toFixed(1)} M parameters, ${nodes} nodes`,
      `  in   ${inputs
        .filter(notCache)
        .map(({ name, dims }) => `${name} [${dims.join(", ")}]`)
        .join("  ")}`,
      `  out  ${outputs
        .filter(notCache)
        .map(({ name, dims }) => `${name} [${dims.join(", ")}]`)
        .join("  ")}`,
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Ascending layers with runs drawn together: `0 … 3, 5`. */
function inRanges(layers: readonly number[]): string {
  const first = layers.filter((layer) => !layers.includes(layer - 1));
  const last = layers.filter((layer) => !layers.includes(layer + 1));
  return first
    .map((from, index) => (from === last[index] ? String(from) : `${from} … ${last[index]}`))
    .join(", ");
}

function notCache({ name }: { readonly name: string }): boolean {
  return !/^(past_key_values|present)\./.test(name);
}
