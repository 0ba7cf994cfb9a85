import { Option } from "commander";
import { parseInteger } from "./parse.ts";

/** `--seed`. @param of what it is the seed of, in this command */
export function seedOption(of: string): Option {
  return new Option("--seed <N>", of).argParser(parseInteger("--seed")).default(0);
}
