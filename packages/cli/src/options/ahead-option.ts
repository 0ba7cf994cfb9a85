import { Option } from "commander";

export function aheadOption(): Option {
  return new Option("--ahead", "choose the tokens of a call by what the call before showed");
}
