import { Option } from "commander";
import { parseChoice } from "./parse.ts";

/** `--device`, for commands that run a model. */
export function deviceOption(): Option {
  return new Option("--device <device>", "cpu, webgpu or cuda")
    .argParser(parseChoice("--device", "cpu", "webgpu", "cuda"))
    .default("cpu");
}
