import { Command } from "commander";
import { TARGETS } from "@vla-pruner/format";
import { cachedSnapshot } from "@vla-pruner/format/files";
import { convertCheckpoint } from "@vla-pruner/onnx/convert";
import type {
  ConversionReport,
  ConvertedDtypes,
  ConvertRequest,
  RecipeOptions,
} from "@vla-pruner/onnx/convert";
import { parseDtypes } from "../options/dtype-option.ts";
import { parseChoice, parseInteger, parseLayers } from "../options/parse.ts";
import { pluginOption } from "../options/plugin-option.ts";
import { seedOption } from "../options/seed-option.ts";
import { untilInterrupted } from "../options/until-interrupted.ts";
import { presetNames } from "../plugins/choose-recipe.ts";
import { loadRecipes } from "../plugins/load-recipes.ts";
import { prepareFile, writeText } from "../report/output-file.ts";
import { ByteProgress } from "../report/progress-bar.ts";
import { quantizationSummary } from "../report/quantization-summary.ts";
import { warn } from "../streams.ts";
import type { Streams } from "../streams.ts";
import type { Agreement } from "../verify/agreement.ts";
import { openSource } from "./convert-source.ts";
import type { SourceOptions } from "./convert-source.ts";

interface ConvertOptions extends RecipeOptions, SourceOptions {
  readonly out: string;
  readonly dtype?: ConvertedDtypes;
  readonly block?: number;
  readonly report?: string;
  readonly check?: string;
}

export async function convertCommand(streams: Streams): Promise<Command> {
  const presets = presetNames(await loadRecipes()).join(", ");
  return new Command("convert")
    .description(
      "Turn a Hugging Face checkpoint into a model directory of pruning-ready ONNX graphs, without Python.",
    )
    .argument("[checkpoint]", "directory with config.json and safetensors files")
    .requiredOption("--out <model-dir>", "model directory to make; must be new or empty")
    .option(
      "--synthetic <name-or-config>",
      `random weights of a preset's size (${presets}) or of a config.json's`,
    )
    .option("--architecture <name>", "architecture, where config.json does not tell")
    .option(
      "--dtype <dtypes>",
      "fp32 (default), fp16, q8 (processors), q4 or q4f16 (GPUs), fp16_q4f16 (act of OpenVLA for cuda), several to choose from later; SESSION=DTYPE for one session",
      parseDtypes,
    )
    .option("--block <N>", "numbers that share a scale in q4: 32 (default) or 128", parseInteger("--block"))
    .option("--report <file.json>", "write what quantising did to each matrix here")
    .option("--check <episode.jsonl>", "play this episode in fp32, too, and say how far apart the two are")
    .option(
      "--target <device>",
      "device that the graphs are made for: cpu (default, runs on all), webgpu or cuda",
      parseChoice("--target", ...TARGETS),
    )
    .option(
      "--ahead",
      "one graph for a whole call, for policies that choose tokens a call ahead (--target cuda)",
    )
    .option("--prune-layer <K>", "layers below K see all tokens (default 3)", parseInteger("--prune-layer"))
    .option(
      "--action-layers <layers>",
      "layers of the action score: 15, or 12,13,14, or latter-half (default)",
      parseLayers("--action-layers"),
    )
    .option(
      "--tap-layers <which>",
      "layers that report action attention: all (default) or action",
      parseChoice("--tap-layers", "all", "action"),
    )
    .option("--views <N>", "camera views", parseInteger("--views"))
    .option("--chunk <N>", "actions a call", parseInteger("--chunk"))
    .option("--steps <N>", "denoising steps", parseInteger("--steps"))
    .addOption(seedOption("seed of synthetic weights"))
    .addOption(pluginOption())
    .action((checkpoint: string | undefined, options: ConvertOptions) =>
      runConvert(checkpoint, options, streams),
    );
}

async function runConvert(
  given: string | undefined,
  options: ConvertOptions,
  streams: Streams,
): Promise<void> {
  const { out, dtype = "fp32", block, report: reportFile, check } = options;
  if (reportFile !== undefined) await prepareFile(reportFile);
  // Only a check runs models: without one, nothing that runs them is loaded.
  const checking = check === undefined ? undefined : await import("../verify/check-conversion.ts");
  // A bad episode fails before a large model is converted.
  if (check !== undefined) await checking?.readyToCheck(dtype, check);
  const checkpoint = given === undefined ? undefined : (cachedSnapshot(given) ?? given);
  const source = await openSource(checkpoint, options);
  const progress = new ByteProgress(streams.stderr);
  const request: Omit<ConvertRequest, "out" | "dtype"> = {
    recipe: source.recipe,
    config: source.config,
    files: source.files,
    checkpoint: source.weights,
    companions: checkpoint ?? null,
    ...(block !== undefined && { block }),
    options: recipeOptions(options),
    onWarning: (message) => warn(streams, `warning: ${message}`),
    onProgress: ({ doneBytes, totalBytes, session }) => progress.update(doneBytes, totalBytes, session),
  };
  let report: ConversionReport;
  let agreement: Agreement | undefined;
  try {
    report = await untilInterrupted((signal) => convertCheckpoint({ ...request, out, dtype, signal }));
    if (check !== undefined) {
      const reference = (folder: string): Promise<unknown> =>
        untilInterrupted((signal) => convertCheckpoint({ ...request, out: folder, dtype: "fp32", signal }));
      agreement = await checking?.checkConversion(out, reference, check, options);
    }
  } finally {
    progress.stop();
    await source.weights.close();
  }
  if (reportFile !== undefined)
    await writeText(
      reportFile,
      `${JSON.stringify({ ...report, ...(agreement && { agreement }) }, null, 2)}\n`,
    );
  for (const warning of [...source.warnings, ...report.warnings]) warn(streams, `warning: ${warning}`);
  const compared = (agreement && checking?.agreementText(agreement)) ?? "";
  streams.stdout.write(`${out}\n${quantizationSummary(report)}${compared}`);
}

function recipeOptions(options: ConvertOptions): RecipeOptions {
  const { pruneLayer, actionLayers, tapLayers, views, chunk, steps, target, ahead } = options;
  return {
    ...(pruneLayer !== undefined && { pruneLayer }),
    ...(actionLayers && { actionLayers }),
    ...(tapLayers && { tapLayers }),
    ...(views !== undefined && { views }),
    ...(chunk !== undefined && { chunk }),
    ...(steps !== undefined && { steps }),
    ...(target !== undefined && { target }),
    ...(ahead === true && { ahead }),
  };
}
