import { Option } from "commander";

/** `--pruner`, for commands that run one. @param table its names that come along */
export function prunerOption(table: readonly string[]): Option {
  const text = `${table.join(", ")}, or MODULE#export of your own`;
  return new Option("--pruner <name>", text).default("recommended");
}
