import { Command } from "commander";
import { PRUNERS } from "@vla-pruner/core";
import { prunerNamed } from "@vla-pruner/core/modules";
import { readEpisode } from "../episode/read-episode.ts";
import { repeatSteps } from "../episode/repeat-steps.ts";
import { withPlace } from "../episode/with-place.ts";
import { openPolicy } from "../model-directory/open-policy.ts";
import { aheadOption } from "../options/ahead-option.ts";
import { draftOption } from "../options/draft-option.ts";
import type { DraftSource } from "../options/draft-option.ts";
import { addModelOptions } from "../options/model-options.ts";
import type { ModelOptions } from "../options/model-options.ts";
import { parseChoice, parseCount, parseLayers, parseNumber } from "../options/parse.ts";
import { prunerOption } from "../options/pruner-option.ts";
import { seedOption } from "../options/seed-option.ts";
import { stepJson, stepLine } from "../report/step-json.ts";
import { warn } from "../streams.ts";
import type { Streams } from "../streams.ts";
import { readingCurrentAction } from "./act-current-action.ts";
import { checkOptionsRead, prunerOptions } from "./act-pruner-options.ts";
import type { ActPrunerOptions } from "./act-pruner-options.ts";

interface ActOptions extends ActPrunerOptions, ModelOptions {
  readonly episode: string;
  readonly steps?: number;
  readonly pruner: string;
  readonly currentAction?: boolean;
  readonly draft: DraftSource;
  readonly ahead?: boolean;
  readonly json?: boolean;
}

export function actCommand(streams: Streams): Command {
  const command = new Command("act")
    .description("Run a policy over the steps of an episode file.")
    .argument("<model-dir>")
    .requiredOption("--episode <episode.jsonl>", "a line a step")
    .option(
      "--steps <N>",
      "control steps to run: the first N of the file, whose lines begin anew when it has fewer",
      parseCount("--steps"),
    )
    .addOption(prunerOption(Object.keys(PRUNERS)))
    .option("--retention <ratio>", "share of the visual tokens to keep", parseNumber("--retention"), 0.25)
    .option("--window <w>", "calls that the forecast looks back (3)", parseNumber("--window"))
    .option("--decay <gamma>", "weight of each call over the one after it (0.8)", parseNumber("--decay"))
    .option(
      "--semantic-rows <rows>",
      "last, prefill or text (the model's own default)",
      parseChoice("--semantic-rows", "last", "prefill", "text", "raters"),
    )
    .option("--visible-rows", "correct prefill rows for the causal mask (ours, not the paper's)")
    .option(
      "--warmup <mode>",
      "dense (reference, the default) or semantic",
      parseChoice("--warmup", "dense", "semantic"),
    )
    .option(
      "--candidates <N>",
      "candidates of each level, in budgets (vla-pruner: 1; recommended: 1, and more below 25 %)",
      parseNumber("--candidates"),
    )
    .option("--unseen <mode>", "zero (reference) or carry", parseChoice("--unseen", "zero", "carry"))
    .option("--budget <mode>", "per-view or joint", parseChoice("--budget", "per-view", "joint"))
    .option("--legacy-weight-order", "weigh the oldest call most, as the first published code did")
    .option(
      "--action-layers <layers>",
      "15, or 12,13,14, or latter-half (the model's own default)",
      parseLayers("--action-layers"),
    )
    .option(
      "--current-action",
      "let the forecast know this very call (ours; where action rows exist below the cut)",
    )
    .addOption(draftOption())
    .addOption(aheadOption())
    .addOption(seedOption("seed of random choices and of drawn noise"))
    .option("--json", "a JSON line a step on stdout")
    .action((folder: string, options: ActOptions) => runAct(folder, options, streams));
  return addModelOptions(command, "the one in the episode file");
}

async function runAct(folder: string, options: ActOptions, streams: Streams): Promise<void> {
  const { stdout } = streams;
  const chosen = await prunerNamed(options.pruner, PRUNERS);
  const given = prunerOptions(options, 1);
  checkOptionsRead(chosen, given);
  chosen.make(given); // Bad options fail before a large model loads.
  const steps = await readEpisode(options.episode);
  const policy = await openPolicy(folder, { ...options, drafts: options.draft === "previous" });
  policy.events.on("warning", ({ message }) => warn(streams, `warning: ${message}`));
  try {
    const made = chosen.make(prunerOptions(options, policy.adapter.layout.layers));
    const pruner = options.currentAction === true ? readingCurrentAction(made) : made;
    const episode = policy.startEpisode({ pruner });
    for (const step of repeatSteps(steps, options.steps)) {
      if (step.reset) await episode.reset();
      else {
        const result = await withPlace(step.place, async () => episode.act(await step.load()));
        stdout.write(`${options.json === true ? JSON.stringify(stepJson(result)) : stepLine(result)}\n`);
      }
    }
  } finally {
    await policy.dispose();
  }
}
