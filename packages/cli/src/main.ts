import { Command, CommanderError } from "commander";
import { VlaPrunerError } from "@vla-pruner/format";
import { commandsFor } from "./commands/commands.ts";
import { showTypedDefaults } from "./options/typed-defaults.ts";
import { packageVersion } from "./package-version.ts";
import type { Streams } from "./streams.ts";

/**
 * Runs the command line.
 *
 * @param args the words after the program's name
 * @param program path of the program itself, which worker processes run; without it nothing can be evaluated
 * @returns the exit code: 0, or 1 with one line on stderr
 */
export async function main(
  args: readonly string[],
  streams: Streams = process,
  program: string | null = null,
): Promise<number> {
  const output = { writeOut: (text: string) => void streams.stdout.write(text), writeErr: () => undefined };
  const commandLine = new Command("vla-pruner")
    .description("Visual token pruning for vision-language-action models: convert, inspect, run, measure.")
    .version(packageVersion())
    .exitOverride()
    .configureOutput(output);
  try {
    for (const { command, hidden } of await commandsFor(args, streams, program))
      commandLine.addCommand(showTypedDefaults(command).exitOverride().configureOutput(output), { hidden });
    if (args.length === 0) commandLine.outputHelp();
    else await commandLine.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    streams.stderr.write(`vla-pruner: ${errorLine(error)}\n`);
    return 1;
  }
}

/** `<code>: <what was expected, found, and what to do>`, on one line. */
function errorLine(error: unknown): string {
  const message = (error instanceof Error ? error.message : String(error))
    .replaceAll(/\s*[\r\n]\s*/g, " ")
    .trim();
  if (VlaPrunerError.is(error)) return `${error.code}: ${message}`;
  if (error instanceof CommanderError) {
    return `usage: expected valid arguments, found: ${message.replace(/^error: /, "")}; see vla-pruner --help`;
  }
  return `internal: expected no failure, found: ${message}; please report this`;
}
