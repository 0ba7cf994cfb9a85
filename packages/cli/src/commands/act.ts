import { Command } from "commander";
import { createPolicy, prunerByName, VlaModel } from "@vla-pruner/core";
import type { BudgetMode, Device, PrunerOptions, SemanticRows } from "@vla-pruner/core";
import { architectureNamed } from "../architectures.ts";
import { readEpisode } from "../episode/read-episode.ts";
import { withPlace } from "../episode/with-place.ts";
import { parseChoice, parseInteger, parseLayers, parseNumber } from "../options/parse.ts";
import { stepJson, stepLine } from "../report/step-json.ts";
import type { Streams } from "../streams.ts";

interface ActOptions {
  readonly episode: string;
  readonly pruner: string;
  readonly retention: number;
  readonly window?: number;
  readonly decay?: number;
  readonly semanticRows?: SemanticRows;
  readonly visibleRows?: boolean;
  readonly warmup?: "dense" | "semantic";
  readonly unseen?: "zero" | "carry";
  readonly budget?: BudgetMode;
  readonly legacyWeightOrder?: boolean;
  readonly actionLayers?: number[] | "latter-half";
  readonly unnormKey?: string;
  readonly centerCrop?: boolean;
  readonly device: Device;
  readonly seed: number;
  readonly json?: boolean;
}

export function actCommand({ stdout }: Streams): Command {
  return new Command("act")
    .description("Run a policy over the steps of an episode file.")
    .argument("<model-dir>")
    .requiredOption("--episode <episode.jsonl>", "a line a step")
    .option(
      "--pruner <name>",
      "vla-pruner, fastv, text-vision, sparsevlm, divprune, random, uniform, keep-all",
      "vla-pruner",
    )
    .option("--retention <ratio>", "share of the visual tokens to keep", parseNumber("--retention"), 0.25)
    .option("--window <w>", "calls that the forecast looks back (3)", parseNumber("--window"))
    .option("--decay <gamma>", "weight of each call over the one after it (0.8)", parseNumber("--decay"))
    .option(
      "--semantic-rows <rows>",
      "last, prefill or text (the model's own default)",
      parseChoice("--semantic-rows", "last", "prefill", "text", "raters"),
    )
    .option("--visible-rows", "correct prefill rows for the causal mask (ours, not the paper's)")
    .option("--warmup <mode>", "dense (reference) or semantic", parseChoice("--warmup", "dense", "semantic"))
    .option("--unseen <mode>", "zero (reference) or carry", parseChoice("--unseen", "zero", "carry"))
    .option("--budget <mode>", "per-view or joint", parseChoice("--budget", "per-view", "joint"))
    .option("--legacy-weight-order", "weigh the oldest call most, as the first published code did")
    .option(
      "--action-layers <layers>",
      "15, or 12,13,14, or latter-half (the model's own default)",
      parseLayers("--action-layers"),
    )
    .option("--unnorm-key <key>", "training set whose statistics un-normalise actions")
    .option("--center-crop", "crop frames to 0.9 of their area first (LIBERO fine-tunes)")
    .option(
      "--device <device>",
      "cpu, webgpu or cuda",
      parseChoice("--device", "cpu", "webgpu", "cuda"),
      "cpu",
    )
    .option("--seed <N>", "seed of random choices and of drawn noise", parseInteger("--seed"), 0)
    .option("--json", "a JSON line a step on stdout")
    .action((folder: string, options: ActOptions) => runAct(folder, options, stdout));
}

async function runAct(folder: string, options: ActOptions, stdout: NodeJS.WritableStream): Promise<void> {
  prunerByName(options.pruner, prunerOptions(options, 1)); // Bad options fail before a large model loads.
  const steps = await readEpisode(options.episode);
  const model = await VlaModel.from_pretrained(folder, { device: options.device });
  try {
    const adapter = architectureNamed(model.vla.architecture)
      .plugin({
        ...(options.unnormKey !== undefined && { unnormKey: options.unnormKey }),
        centerCrop: options.centerCrop ?? false,
        seed: options.seed,
      })
      .createAdapter(model);
    const pruner = prunerByName(options.pruner, prunerOptions(options, adapter.layout.layers));
    const policy = createPolicy({ adapter, pruner });
    for (const step of steps) {
      if (step.reset) await policy.reset();
      else {
        const result = await withPlace(step.place, async () => policy.act(await step.load()));
        stdout.write(`${options.json === true ? JSON.stringify(stepJson(result)) : stepLine(result)}\n`);
      }
    }
  } finally {
    await model.dispose();
  }
}

function prunerOptions(options: ActOptions, layers: number): PrunerOptions {
  const { retention, seed, actionLayers } = options;
  const { window, decay, semanticRows, visibleRows, warmup, unseen, budget, legacyWeightOrder } = options;
  const half = Math.floor(layers / 2);
  const chosen =
    actionLayers === "latter-half"
      ? Array.from({ length: layers - half }, (_, index) => half + index)
      : actionLayers;
  const given = {
    window,
    decay,
    semanticRows,
    visibleRows,
    warmup,
    unseen,
    budget,
    legacyWeightOrder,
    actionLayers: chosen,
  };
  return {
    retention,
    seed,
    ...(Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    ) as Partial<PrunerOptions>),
  };
}
