import type { Command } from "commander";
import type { Streams } from "../streams.ts";

type Load = (streams: Streams, program: string | null) => Promise<Command>;

/** Loaded when they are asked for: who converts needs no runtime, who acts needs no converter. */
const COMMANDS: Readonly<Record<string, Load>> = {
  convert: async (streams) => (await import("./convert.ts")).convertCommand(streams),
  inspect: async (streams) => (await import("./inspect.ts")).inspectCommand(streams),
  act: async (streams) => (await import("./act.ts")).actCommand(streams),
  verify: async (streams) => (await import("./verify.ts")).verifyCommand(streams),
  bench: async (streams) => (await import("./bench.ts")).benchCommand(streams),
  eval: async (streams, program) => (await import("./eval.ts")).evalCommand(streams, program),
  "eval-report": async (streams) => (await import("./eval-report.ts")).evalReportCommand(streams),
  report: async (streams) => (await import("./report.ts")).reportCommand(streams),
  doctor: async (streams, program) => (await import("./doctor.ts")).doctorCommand(streams, program),
  serve: async (streams) => (await import("./serve.ts")).serveCommand(streams),
  "new-plugin": async (streams) => (await import("./new-plugin.ts")).newPluginCommand(streams),
};

/** For `vla-pruner` itself. */
const HIDDEN: Readonly<Record<string, Load>> = {
  "doctor-device": async (streams) => (await import("./doctor-device.ts")).doctorDeviceCommand(streams),
  "eval-worker": async () => (await import("./eval-worker.ts")).evalWorkerCommand(),
};

/** The command that is asked for; all of them where it is none, for the help and for suggestions. */
export async function commandsFor(
  [asked = ""]: readonly string[],
  streams: Streams,
  program: string | null,
): Promise<{ command: Command; hidden: boolean }[]> {
  const hidden = Object.hasOwn(HIDDEN, asked);
  const table = Object.entries(hidden ? HIDDEN : COMMANDS);
  const named = table.filter(([name]) => name === asked);
  const wanted = named.length > 0 ? named : table;
  return Promise.all(wanted.map(async ([, load]) => ({ command: await load(streams, program), hidden })));
}
