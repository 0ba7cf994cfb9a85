import { Command } from "commander";
import { VlaPrunerError } from "@vla-pruner/format";
import { aheadOption } from "../options/ahead-option.ts";
import { addModelOptions } from "../options/model-options.ts";
import type { ModelOptions } from "../options/model-options.ts";
import { parseNumber } from "../options/parse.ts";
import { seedOption } from "../options/seed-option.ts";
import type { Streams } from "../streams.ts";
import { verifyModel } from "../verify/verify-model.ts";
import { verifyText } from "../verify/verify-text.ts";

interface VerifyOptions extends ModelOptions {
  readonly against?: string;
  readonly tolerance?: number;
  readonly pruner?: string;
  readonly retention?: number;
  readonly quick?: boolean;
  readonly ahead?: boolean;
  readonly seed: number;
  readonly json?: boolean;
}

export function verifyCommand(streams: Streams): Command {
  const command = new Command("verify")
    .description(
      "Check a model directory before a robot moves by it: files, contract, dense equality, and what it does with a picture.",
    )
    .argument("<model-dir>")
    .option("--against <episode.jsonl>", "compare with the actions (and kept sets) that the file records")
    .option(
      "--tolerance <share>",
      "largest difference of an action that passes (by dtype)",
      parseNumber("--tolerance"),
    )
    .option("--pruner <name>", "of the recorded run (recommended where it records kept sets, else none)")
    .option(
      "--retention <ratio>",
      "of the recorded run (0.25 where it records kept sets)",
      parseNumber("--retention"),
    )
    .option("--quick", "files, dense equality and the picture only, not the contract")
    .addOption(aheadOption())
    .addOption(seedOption("seed of drawn noise"))
    .option("--json", "one JSON object on stdout")
    .action(async (folder: string, options: VerifyOptions) => {
      const report = await verifyModel(folder, options, streams);
      streams.stdout.write(options.json === true ? `${JSON.stringify(report)}\n` : verifyText(report));
      const failed = report.checks.filter(({ outcome }) => outcome === "failed");
      if (failed.length === 0) return;
      throw new VlaPrunerError("verify-failed", {
        expected: `${folder} to pass ${report.checks.length} checks`,
        found: failed.map(({ check, says }) => `${check}: ${says}`).join("; "),
        fix: "do not let a robot move by it; copy it again, or convert the checkpoint again",
      });
    });
  return addModelOptions(command, "the one in the episode file");
}
