import { Command, CommanderError } from "commander";
import { VlaPrunerError } from "@vla-pruner/errors";
import { actCommand } from "./commands/act.ts";
import { benchCommand } from "./commands/bench.ts";
import { convertCommand } from "./commands/convert.ts";
import { inspectCommand } from "./commands/inspect.ts";

/**
 * Runs the command line.
 *
 * @param args the words after the program's name
 * @returns the exit code: 0, or 1 with one line on stderr
 */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command("vla-pruner")
    .description("Visual token pruning for vision-language-action models: convert, inspect, run, measure.")
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  for (const command of [convertCommand(), inspectCommand(), actCommand(), benchCommand()]) {
    program.addCommand(command.exitOverride().configureOutput({ writeErr: () => undefined }));
  }
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    process.stderr.write(`vla-pruner: ${errorLine(error)}\n`);
    return 1;
  }
}

/** `<code>: <what was expected, found, and what to do>`, on one line. */
function errorLine(error: unknown): string {
  if (VlaPrunerError.is(error)) return `${error.code}: ${error.message}`;
  if (error instanceof CommanderError) {
    const found = error.message.replace(/^error: /, "").replaceAll(/\s*\n\s*/g, " ");
    return `usage: expected valid arguments, found: ${found}; see vla-pruner --help`;
  }
  const found = error instanceof Error ? error.message : String(error);
  return `internal: expected no failure, found: ${found.replaceAll(/\s*\n\s*/g, " ")}; please report this`;
}
