import { Option } from "commander";
import { collect } from "./collect.ts";

/** `--plugin`, for every command that meets a model or a checkpoint. */
export function pluginOption(): Option {
  const text = "a plugin for an architecture of your own, file or package; once for each";
  return new Option("--plugin <module>", text).argParser(collect);
}
