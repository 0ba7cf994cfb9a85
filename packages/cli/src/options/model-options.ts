import { Option } from "commander";
import type { Command } from "commander";
import { DEVICES } from "@vla-pruner/core";
import type { Device, NoiseSource } from "@vla-pruner/core";
import { NOISE_SOURCES } from "@vla-pruner/core/adapter";
import { VlaPrunerError } from "@vla-pruner/format";
import { parseDtypeChoice } from "./dtype-option.ts";
import { parseChoice } from "./parse.ts";
import { pluginOption } from "./plugin-option.ts";

/** What a user says of a model, in every command that runs one. */
export interface ModelOptions {
  readonly plugin?: readonly string[];
  /** The model's camera → what feeds it. */
  readonly camera?: Readonly<Record<string, string>>;
  readonly unnormKey?: string;
  readonly centerCrop?: boolean;
  readonly noise?: NoiseSource;
  readonly device: Device;
  readonly dtype?: Readonly<Record<string, string>>;
}

/** ONNX Runtime's WebAssembly is for browsers; Node has the native processor. */
export const NATIVE_DEVICES: readonly Device[] = DEVICES.filter((device) => device !== "wasm");

/** @param key what feeds a camera in this command, in words */
export function addModelOptions(command: Command, key: string): Command {
  return command
    .addOption(pluginOption())
    .addOption(
      new Option("--camera <name=key>", `the model's camera and ${key}; once for each`).argParser(addCamera),
    )
    .option("--unnorm-key <key>", "training set whose statistics un-normalise actions")
    .option("--center-crop", "crop frames to 0.9 of their area first (LIBERO fine-tunes)")
    .option(
      "--noise <source>",
      "noise of a flow or diffusion head by the seed and the observation (default), the step, or nothing else (fixed)",
      parseChoice("--noise", ...NOISE_SOURCES),
    )
    .option(
      "--dtype <dtypes>",
      "which of the dtypes that the model has; SESSION=DTYPE for one session (the model's own)",
      parseDtypeChoice,
    )
    .addOption(
      new Option("--device <device>", NATIVE_DEVICES.join(", "))
        .argParser(parseChoice("--device", ...NATIVE_DEVICES))
        .default("cpu"),
    );
}

function addCamera(
  word: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [, name, key] = /^([^=]+)=(.+)$/su.exec(word) ?? [];
  if (name !== undefined && key !== undefined && !Object.hasOwn(before, name))
    return Object.fromEntries([...Object.entries(before), [name, key]]);
  throw new VlaPrunerError("invalid-option", {
    expected: "--camera: NAME=KEY, each name once",
    found: JSON.stringify(word),
    fix: "write the model's camera first, then what feeds it",
  });
}
