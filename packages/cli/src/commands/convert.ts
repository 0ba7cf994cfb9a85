import { Command } from "commander";
import { TARGETS, VlaPrunerError } from "@vla-pruner/format";
import { cachedSnapshot } from "@vla-pruner/format/files";
import { convertCheckpoint, openCheckpoint, readJson, SyntheticSource } from "@vla-pruner/onnx/convert";
import type {
  CheckpointConfig,
  ConversionReport,
  DtypeChoice,
  ModelRecipe,
  OpenCheckpoint,
  RecipeOptions,
} from "@vla-pruner/onnx/convert";
import { parseDtype } from "../options/dtype-option.ts";
import { parseChoice, parseInteger, parseLayers } from "../options/parse.ts";
import { pluginOption } from "../options/plugin-option.ts";
import { seedOption } from "../options/seed-option.ts";
import { untilInterrupted } from "../options/until-interrupted.ts";
import { presetNamed, presetNames, recipeNamed, recipeOf } from "../plugins/choose-recipe.ts";
import { loadRecipes } from "../plugins/load-recipes.ts";
import { prepareFile, writeText } from "../report/output-file.ts";
import { ByteProgress } from "../report/progress-bar.ts";
import { quantizationSummary } from "../report/quantization-summary.ts";
import { warn } from "../streams.ts";
import type { Streams } from "../streams.ts";

interface ConvertOptions extends RecipeOptions {
  readonly out: string;
  readonly dtype: DtypeChoice;
  readonly block?: number;
  readonly report?: string;
  readonly synthetic?: string;
  readonly plugin?: readonly string[];
  readonly architecture?: string;
  readonly seed: number;
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
      "fp32, fp16, q8 (processors), q4 or q4f16 (GPUs); SESSION=DTYPE for one session alone",
      parseDtype,
      "fp32",
    )
    .option("--block <N>", "numbers that share a scale in q4: 32 (default) or 128", parseInteger("--block"))
    .option("--report <file.json>", "write what quantising did to each matrix here")
    .option(
      "--target <device>",
      "device that the graphs are made for: cpu (default, runs on all), webgpu or cuda",
      parseChoice("--target", ...TARGETS),
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
  const checkpoint = given === undefined ? undefined : (cachedSnapshot(given) ?? given);
  const source = await openSource(checkpoint, options);
  if (options.report !== undefined) await prepareFile(options.report);
  const progress = new ByteProgress(streams.stderr);
  let report: ConversionReport;
  try {
    report = await untilInterrupted((signal) =>
      convertCheckpoint({
        recipe: source.recipe,
        config: source.config,
        files: source.files,
        checkpoint: source.weights,
        companions: checkpoint ?? null,
        out: options.out,
        dtype: options.dtype,
        ...(options.block !== undefined && { block: options.block }),
        options: recipeOptions(options),
        signal,
        onWarning: (message) => warn(streams, `warning: ${message}`),
        onProgress: ({ doneBytes, totalBytes, session }) => progress.update(doneBytes, totalBytes, session),
      }),
    );
  } finally {
    progress.stop();
    await source.weights.close();
  }
  if (options.report !== undefined) await writeText(options.report, `${JSON.stringify(report, null, 2)}\n`);
  streams.stderr.write(quantizationSummary(report));
  for (const warning of [...source.warnings, ...report.warnings]) warn(streams, `warning: ${warning}`);
  streams.stdout.write(`${options.out}\n`);
}

async function openSource(
  checkpoint: string | undefined,
  options: ConvertOptions,
): Promise<OpenCheckpoint & { recipe: ModelRecipe }> {
  if ((checkpoint === undefined) === (options.synthetic === undefined)) {
    throw new VlaPrunerError("usage", {
      expected: "a checkpoint directory, or --synthetic",
      found: checkpoint === undefined ? "neither" : "both",
      fix: "run vla-pruner convert <checkpoint-dir> --out <model-dir>",
    });
  }
  const recipes = await loadRecipes(options.plugin);
  const { architecture } = options;
  if (checkpoint !== undefined) {
    const opened = await openCheckpoint(checkpoint, recipes);
    try {
      return { ...opened, recipe: choose(recipes, opened, architecture) };
    } catch (error) {
      await opened.weights.close();
      throw error;
    }
  }
  const name = options.synthetic ?? "";
  const preset = presetNamed(recipes, name);
  const config = preset?.config ?? (await readSyntheticConfig(name, recipes));
  const nothing = { components: [], present: [], warnings: [] };
  const recipe = preset?.recipe ?? choose(recipes, { config, ...nothing }, architecture);
  const named = architecture === undefined ? recipe : recipeNamed(recipes, architecture);
  if (named !== recipe) throw otherPreset(name, recipe, named);
  const weights = new SyntheticSource(recipe.tensors(config), options.seed);
  return { config, files: {}, ...nothing, recipe, weights };
}

function choose(
  recipes: readonly ModelRecipe[],
  opened: Pick<OpenCheckpoint, "config" | "components" | "present">,
  name: string | undefined,
): ModelRecipe {
  return name === undefined ? recipeOf(recipes, opened) : recipeNamed(recipes, name);
}

function recipeOptions(options: ConvertOptions): RecipeOptions {
  const { pruneLayer, actionLayers, tapLayers, views, chunk, steps, target } = options;
  return {
    ...(pruneLayer !== undefined && { pruneLayer }),
    ...(actionLayers && { actionLayers }),
    ...(tapLayers && { tapLayers }),
    ...(views !== undefined && { views }),
    ...(chunk !== undefined && { chunk }),
    ...(steps !== undefined && { steps }),
    ...(target !== undefined && { target }),
  };
}

function otherPreset(preset: string, its: ModelRecipe, named: ModelRecipe): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: `--architecture ${its.architecture}, which ${preset} is a preset of`,
    found: named.architecture,
    fix: "leave --architecture out, or choose another preset",
  });
}

async function readSyntheticConfig(name: string, recipes: readonly ModelRecipe[]): Promise<CheckpointConfig> {
  if (name.endsWith(".json")) return readJson(name);
  throw new VlaPrunerError("invalid-option", {
    expected: `--synthetic with a preset (${presetNames(recipes).join(", ")}) or the path of a config.json`,
    found: name,
    fix: "choose one of these",
  });
}
