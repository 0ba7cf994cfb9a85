import { VlaPrunerError } from "@vla-pruner/core";
import type { Tokenizer } from "@vla-pruner/core";
import { EMPTY_TOKEN } from "./empty-token.ts";

/** Instruction → prompt, as OpenVLA was trained. */
export function openvlaPrompt(instruction: string): string {
  return `In: What action should the robot take to ${instruction.toLowerCase()}?\nOut:`;
}

/**
 * Prompt → token ids: BOS first, the empty token last.
 *
 * @param emptyToken `vla.empty_token_id`; OpenVLA's 29871 where a model directory does not say
 * @throws `tokenizer-missing`, `observation-invalid`
 */
export function encodePrompt(
  tokenizer: Tokenizer | null,
  prompt: string,
  emptyToken: number = EMPTY_TOKEN,
): number[] {
  if (tokenizer === null) {
    throw new VlaPrunerError("tokenizer-missing", {
      expected: "tokenizer.json and tokenizer_config.json in the model directory",
      found: "none",
      fix: "copy them from the checkpoint, or give token ids (inputIds) in place of the instruction",
    });
  }
  const ids = tokenizer.encode(prompt);
  return ids.at(-1) === emptyToken ? ids : [...ids, emptyToken];
}
