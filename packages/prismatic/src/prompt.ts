import { VlaPrunerError } from "@vla-pruner/core";
import type { Tokenizer } from "@vla-pruner/core";

/** The empty token that every training prompt ended with (openvla `predict_action`). */
const EMPTY_TOKEN = 29871;

/** Instruction → prompt, as OpenVLA was trained. */
export function openvlaPrompt(instruction: string): string {
  return `In: What action should the robot take to ${instruction.toLowerCase()}?\nOut:`;
}

/**
 * Prompt → token ids: BOS first, token 29871 last.
 *
 * @throws `tokenizer-missing`, `observation-invalid`
 */
export function encodePrompt(tokenizer: Tokenizer | null, prompt: string): number[] {
  if (tokenizer === null) {
    throw new VlaPrunerError("tokenizer-missing", {
      expected: "tokenizer.json and tokenizer_config.json in the model directory",
      found: "none",
      fix: "copy them from the checkpoint, or give token ids (inputIds) in place of the instruction",
    });
  }
  const ids = tokenizer.encode(prompt);
  return ids.at(-1) === EMPTY_TOKEN ? ids : [...ids, EMPTY_TOKEN];
}
