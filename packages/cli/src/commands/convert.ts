import { Command } from "commander";
import { VlaPrunerError } from "@vla-pruner/format";
import { convertCheckpoint, openCheckpoint, readJson, SyntheticSource } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, OpenCheckpoint, RecipeOptions } from "@vla-pruner/onnx/convert";
import { architectureNamed, architectureOf, presetNamed, presetNames, recipes } from "../architectures.ts";
import type { Architecture } from "../architectures.ts";
import { parseChoice, parseInteger, parseLayers } from "../options/parse.ts";
import { untilInterrupted } from "../options/until-interrupted.ts";
import { ByteProgress } from "../report/progress-bar.ts";
import type { Streams } from "../streams.ts";

interface ConvertOptions extends RecipeOptions {
  readonly out: string;
  readonly dtype: string;
  readonly synthetic?: string;
  readonly architecture?: string;
  readonly seed: number;
}

export function convertCommand(streams: Streams): Command {
  return new Command("convert")
    .description(
      "Turn a Hugging Face checkpoint into a model directory of pruning-ready ONNX graphs, without Python.",
    )
    .argument("[checkpoint]", "directory with config.json and safetensors files")
    .requiredOption("--out <model-dir>", "model directory to make; must be new or empty")
    .option(
      "--synthetic <name-or-config>",
      `random weights of a preset's size (${presetNames().join(", ")}) or of a config.json's`,
    )
    .option("--architecture <name>", "architecture, where config.json does not tell")
    .option("--dtype <dtype>", "fp32 or fp16", "fp32")
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
    .option("--seed <N>", "seed of synthetic weights", parseInteger("--seed"), 0)
    .action((checkpoint: string | undefined, options: ConvertOptions) =>
      runConvert(checkpoint, options, streams),
    );
}

async function runConvert(
  checkpoint: string | undefined,
  options: ConvertOptions,
  streams: Streams,
): Promise<void> {
  const source = await openSource(checkpoint, options);
  const progress = new ByteProgress(streams.stderr);
  try {
    await untilInterrupted((signal) =>
      convertCheckpoint({
        recipe: source.architecture.recipe,
        config: source.config,
        files: source.files,
        checkpoint: source.weights,
        companions: checkpoint ?? null,
        out: options.out,
        dtype: options.dtype,
        options,
        signal,
        onProgress: ({ doneBytes, totalBytes, session }) => progress.update(doneBytes, totalBytes, session),
      }),
    );
  } finally {
    progress.stop();
    await source.weights.close();
  }
  streams.stdout.write(`${options.out}\n`);
}

async function openSource(
  checkpoint: string | undefined,
  options: ConvertOptions,
): Promise<OpenCheckpoint & { architecture: Architecture }> {
  if ((checkpoint === undefined) === (options.synthetic === undefined)) {
    throw new VlaPrunerError("usage", {
      expected: "a checkpoint directory, or --synthetic",
      found: checkpoint === undefined ? "neither" : "both",
      fix: "run vla-pruner convert <checkpoint-dir> --out <model-dir>",
    });
  }
  if (checkpoint !== undefined) {
    const opened = await openCheckpoint(checkpoint, recipes());
    try {
      return { ...opened, architecture: choose(opened, options.architecture) };
    } catch (error) {
      await opened.weights.close();
      throw error;
    }
  }
  const name = options.synthetic ?? "";
  const preset = presetNamed(name);
  const config = preset?.config ?? (await readSyntheticConfig(name));
  const architecture = preset?.architecture ?? choose({ config, components: [] }, options.architecture);
  const named = options.architecture === undefined ? architecture : architectureNamed(options.architecture);
  if (named !== architecture) throw otherPreset(name, architecture, named);
  return {
    config,
    files: {},
    components: [],
    architecture,
    weights: new SyntheticSource(architecture.recipe.tensors(config), options.seed),
  };
}

function choose(
  { config, components }: Pick<OpenCheckpoint, "config" | "components">,
  name: string | undefined,
): Architecture {
  return name === undefined ? architectureOf(config, components) : architectureNamed(name);
}

function otherPreset(preset: string, its: Architecture, named: Architecture): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: `--architecture ${its.recipe.architecture}, which ${preset} is a preset of`,
    found: named.recipe.architecture,
    fix: "leave --architecture out, or choose another preset",
  });
}

async function readSyntheticConfig(name: string): Promise<CheckpointConfig> {
  if (name.endsWith(".json")) return readJson(name);
  throw new VlaPrunerError("invalid-option", {
    expected: `--synthetic with a preset (${presetNames().join(", ")}) or the path of a config.json`,
    found: name,
    fix: "choose one of these",
  });
}
