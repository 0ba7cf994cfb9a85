import { Command } from "commander";
import { EXAMINE, examineHere } from "../doctor/examine-device.ts";
import { NATIVE_DEVICES } from "../options/model-options.ts";
import { parseChoice } from "../options/parse.ts";
import type { Streams } from "../streams.ts";

/** A process of `vla-pruner doctor`, not for people: tries one device. */
export function doctorDeviceCommand({ stdout }: Streams): Command {
  return new Command(EXAMINE)
    .argument("<device>", "", parseChoice("device", ...NATIVE_DEVICES))
    .action(async (device: (typeof NATIVE_DEVICES)[number]) => {
      stdout.write(`${JSON.stringify(await examineHere(device))}\n`);
    });
}
