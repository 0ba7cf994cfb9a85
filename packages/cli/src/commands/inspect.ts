import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { VlaPrunerError } from "@vla-pruner/errors";
import { DTYPES, readJson, summarizeModel } from "@vla-pruner/onnx";
import type { GraphSummary } from "@vla-pruner/onnx";

interface SessionReport extends GraphSummary {
  readonly session: string;
  readonly file: string;
  readonly bytes: number;
}

interface VlaJson {
  readonly architecture: string;
  readonly dtype: string;
  readonly prune_layer: number;
  readonly action_layers: readonly number[];
  readonly views: number;
  readonly vision_tokens_per_view: number;
  readonly norm_stats: Readonly<Record<string, unknown>>;
  readonly sessions: Readonly<Record<string, { readonly file: string; readonly bytes: { readonly data: readonly number[] } }>>;
}

export function inspectCommand(): Command {
  return new Command("inspect")
    .description("Say what a model directory holds: architecture, cut, taps, sessions, inputs and outputs.")
    .argument("<model-dir>")
    .option("--json", "one JSON object on stdout")
    .action(async (folder: string, { json }: { json?: boolean }) => {
      const report = await inspect(folder);
      process.stdout.write(json === true ? `${JSON.stringify(report)}\n` : describe(report));
    });
}

interface Report {
  readonly architecture: string;
  readonly dtype: string;
  readonly pruneLayer: number;
  readonly actionLayers: readonly number[];
  readonly views: number;
  readonly visionTokensPerView: number;
  readonly unnormKeys: readonly string[];
  readonly sessions: readonly SessionReport[];
}

async function inspect(folder: string): Promise<Report> {
  const vla = (await readJson(join(folder, "config.json")))["vla"] as VlaJson | undefined;
  if (vla?.sessions === undefined) {
    throw new VlaPrunerError("model-invalid", {
      expected: `a block "vla" in ${join(folder, "config.json")}`,
      found: "none",
      fix: "this looks like a checkpoint, not a model directory: run `vla-pruner convert` on it first",
    });
  }
  const sessions = Object.entries(vla.sessions).map(([session, entry]) => inspectSession(folder, vla.dtype, session, entry));
  return {
    architecture: vla.architecture,
    dtype: vla.dtype,
    pruneLayer: vla.prune_layer,
    actionLayers: vla.action_layers,
    views: vla.views,
    visionTokensPerView: vla.vision_tokens_per_view,
    unnormKeys: Object.keys(vla.norm_stats),
    sessions: await Promise.all(sessions),
  };
}

async function inspectSession(folder: string, dtype: string, session: string, entry: VlaJson["sessions"][string]): Promise<SessionReport> {
  const file = join("onnx", `${entry.file}${DTYPES[dtype]?.suffix ?? ""}.onnx`);
  const names = [file, ...entry.bytes.data.map((_, index) => `${file}_data${index === 0 ? "" : `_${index}`}`)];
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name)).catch(missing)).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return { session, file, bytes, ...summarizeModel(await readFile(join(folder, file)), file) };
}

function missing(cause: unknown): never {
  throw new VlaPrunerError("model-missing", {
    expected: "every graph and data file that config.json names",
    found: cause instanceof Error ? cause.message : String(cause),
    fix: "copy or download the model directory again",
    cause,
  });
}

function describe(report: Report): string {
  const lines = [
    `${report.architecture}, ${report.dtype}`,
    `layers 0 … ${report.pruneLayer - 1} see all tokens, the cut is before layer ${report.pruneLayer}`,
    `action attention: layers ${report.actionLayers.join(", ")}`,
    `${report.views} view(s) of ${report.visionTokensPerView} visual tokens`,
    `unnorm keys: ${report.unnormKeys.join(", ") || "none"}`,
    ...report.sessions.flatMap(({ session, file, bytes, parameters, nodes, inputs, outputs }) => [
      "",
      `${session}: ${file}, ${(bytes / 1e6).toFixed(1)} MB, ${(parameters / 1e6).toFixed(1)} M parameters, ${nodes} nodes`,
      `  in   ${inputs.filter(notCache).map(({ name, dims }) => `${name} [${dims.join(", ")}]`).join("  ")}`,
      `  out  ${outputs.filter(notCache).map(({ name, dims }) => `${name} [${dims.join(", ")}]`).join("  ")}`,
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

function notCache({ name }: { readonly name: string }): boolean {
  return !/^(past_key_values|present)\./.test(name);
}
