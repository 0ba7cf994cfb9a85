import { VlaPrunerError } from "@vla-pruner/format";
import type { Observation } from "../observation.ts";
import type { Tokenizer } from "../vla-model-parts.ts";
import { invalidObservation } from "./check-observation.ts";

export interface PromptLimits {
  /** Ids lie below it. */
  readonly vocabulary: number;
  /** Ids that the position table has room for, beside everything else in the sequence. */
  readonly room: number;
  /** Ids that a prompt has at least. Default 1. */
  readonly least?: number;
}

/**
 * Token ids of an observation: its own `inputIds` verbatim, or those of its instruction.
 *
 * @param encode instruction → ids
 * @throws `observation-invalid`
 */
export function promptIds(
  { inputIds, instruction }: Observation,
  encode: (instruction: string) => readonly number[],
  limits: PromptLimits,
): readonly number[] {
  if (inputIds !== undefined) return checkIds(inputIds, limits);
  if (typeof instruction === "string" && instruction.trim() !== "")
    return checkIds(encode(instruction), limits);
  const found = typeof instruction === "string" ? "an empty instruction" : typeof instruction;
  throw invalidObservation(
    "an instruction or inputIds",
    instruction === undefined ? "neither" : found,
    "say what the robot should do",
  );
}

/**
 * Token ids, after checking that they are in the vocabulary and not too many.
 *
 * @throws `observation-invalid`
 */
export function checkIds(
  ids: readonly number[],
  { vocabulary, room, least = 1 }: PromptLimits,
): readonly number[] {
  if (!Array.isArray(ids) && !ArrayBuffer.isView(ids))
    throw invalidObservation("inputIds: an array of token ids", typeof ids, "pass the tokenizer's ids");
  const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
  if (wrong !== undefined)
    throw invalidObservation(
      `token ids from 0 to ${vocabulary - 1}`,
      String(wrong),
      "check that tokenizer and model belong together",
    );
  if (ids.length < least)
    throw invalidObservation(
      `a prompt of at least ${least} token${least === 1 ? "" : "s"}`,
      `${ids.length}`,
      "give an instruction, or ids that begin with BOS",
    );
  if (ids.length > room)
    throw invalidObservation(
      `a prompt of at most ${room} tokens`,
      `${ids.length}`,
      "shorten the instruction",
    );
  return ids;
}

/**
 * The model's tokenizer, for an instruction in words.
 *
 * @param origin where its files are to be had, for the error
 * @throws `tokenizer-missing`
 */
export function requiredTokenizer(tokenizer: Tokenizer | null, origin = "the checkpoint"): Tokenizer {
  if (tokenizer !== null) return tokenizer;
  throw new VlaPrunerError("tokenizer-missing", {
    expected: "tokenizer.json and tokenizer_config.json in the model directory",
    found: "none",
    fix: `copy them from ${origin}, or give token ids (inputIds) in place of the instruction`,
  });
}
