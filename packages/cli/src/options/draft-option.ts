import { Option } from "commander";
import { parseChoice } from "./parse.ts";

/** What is verified as a draft of a call's tokens, by the name that results give it. */
export type DraftSource = "none" | "previous";

export function draftOption(): Option {
  return new Option(
    "--draft <source>",
    "tokens that are verified in one pass: none, or those of the call before (previous)",
  )
    .argParser(parseChoice("--draft", "none", "previous"))
    .default("none");
}
