import type { Command } from "commander";

/** Lets `--help` show defaults as they would be typed: `0.5,0.25`, where commander shows `[0.5,0.25]`. */
export function showTypedDefaults(command: Command): Command {
  for (const option of command.options) {
    const value: unknown = option.defaultValue;
    if (typeof value === "string" || Array.isArray(value)) option.defaultValueDescription ??= String(value);
  }
  return command;
}
