import { cpus, totalmem } from "node:os";
import { Command, Option } from "commander";
import { nativeRuntime } from "@vla-pruner/core";
import type { Device } from "@vla-pruner/core";
import { VlaPrunerError } from "@vla-pruner/format";
import { examineDevice } from "../doctor/examine-device.ts";
import type { DeviceReport } from "../doctor/examine-device.ts";
import { nvidiaCards } from "../doctor/nvidia-cards.ts";
import { NATIVE_DEVICES } from "../options/model-options.ts";
import { parseChoice } from "../options/parse.ts";
import { packageVersion } from "../package-version.ts";
import type { Streams } from "../streams.ts";

interface DoctorOptions {
  readonly device?: Device;
  readonly json?: boolean;
}

export function doctorCommand({ stdout }: Streams, program: string | null): Command {
  return new Command("doctor")
    .description("Say which devices work here, run a tiny graph on each, and tell what the others lack.")
    .addOption(
      new Option("--device <device>", "this one alone; fails where it does not work").argParser(
        parseChoice("--device", ...NATIVE_DEVICES),
      ),
    )
    .option("--json", "one JSON object on stdout")
    .action(async ({ device, json }: DoctorOptions) => {
      const wanted = device === undefined ? NATIVE_DEVICES : [device];
      const devices: DeviceReport[] = [];
      for (const name of wanted) devices.push(await examineDevice(name, program));
      const report = { ...machine(), devices };
      stdout.write(json === true ? `${JSON.stringify(report)}\n` : describe(report));
      const needed = devices.find(({ device: name, works }) => !works && (name === device || name === "cpu"));
      const problem = VlaPrunerError.from(needed?.problem);
      if (problem !== null) throw problem;
    });
}

interface DoctorReport extends ReturnType<typeof machine> {
  readonly devices: readonly DeviceReport[];
}

function machine() {
  const { version, folder } = nativeRuntime();
  return {
    version: packageVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memory: totalmem(),
    cards: nvidiaCards(),
    onnxRuntime: version,
    libraries: folder,
  };
}

function describe(report: DoctorReport): string {
  const { version, node, platform, processor, cores, memory, cards, onnxRuntime, libraries, devices } =
    report;
  const lines = [
    `vla-pruner ${version}, Node ${node}, ${platform}`,
    `processor  ${processor}, ${cores} cores, ${(memory / 1e9).toFixed(0)} GB`,
    ...(cards.length === 0
      ? ["card       none that nvidia-smi knows"]
      : cards.map((card) => `card       ${card}`)),
    `runtime    ONNX Runtime ${onnxRuntime} in ${libraries}`,
    "",
    ...devices.flatMap(({ device, works, open, run, problem }) => {
      const name = device.padEnd(11);
      if (works) return [`${name}  works: opens in ${open?.toFixed(0)} ms, runs in ${run?.toFixed(2)} ms`];
      return [
        `${name}  does not work`,
        `             wanted ${problem?.expected}`,
        `             found  ${problem?.found}`,
        `             do     ${problem?.fix}`,
      ];
    }),
  ];
  return `${lines.join("\n")}\n`;
}
