import { requiredTokenizer } from "@vla-pruner/core/adapter";
import type { Tokenizer, Warn } from "@vla-pruner/core";
import type { Pi0Vla } from "./pi0-vla.ts";

/** PaliGemma's first token, where the tokenizer does not add one itself. */
const BOS = 2;
const BINS = 256;

/**
 * Instruction → what the tokenizer gets, one call a part.
 *
 * @param state in model units, not padded; π0.5 writes it into the prompt
 */
export function promptParts(
  instruction: string,
  state: readonly number[],
  {
    variant,
    convention,
    prompt_state: stated = true,
  }: Pick<Pi0Vla, "variant" | "convention" | "prompt_state">,
): string[] {
  const cleaned = instruction.trim().replaceAll("_", " ").replaceAll("\n", " ");
  if (variant === "pi05" && stated)
    return [`Task: ${cleaned}, State: ${state.map(stateBin).join(" ")};\nAction: `];
  if (convention === "lerobot") return [instruction.endsWith("\n") ? instruction : `${instruction}\n`];
  return [cleaned, "\n"];
}

/** Bin of a number in −1 … 1, 0 to 255; −1 below, 255 above (NumPy's `digitize` less one). */
export function stateBin(value: number): number {
  let bin = -1;
  while (bin < BINS - 1 && -1 + (bin + 1) / (BINS / 2) <= value) bin += 1;
  return bin;
}

/**
 * Parts of a prompt → token ids, BOS first, cut to `limit` as openpi does.
 *
 * @param warn told where it is cut
 * @throws `tokenizer-missing`
 */
export function encodePrompt(
  tokenizer: Tokenizer | null,
  parts: readonly string[],
  limit: number,
  warn?: Warn,
): number[] {
  const words = requiredTokenizer(tokenizer, "google/paligemma-3b-pt-224");
  const added = words.encode("");
  const ids = parts.flatMap((part) => withoutPrefix(words.encode(part), added));
  const prompt = [...(added.length > 0 ? added : [BOS]), ...ids];
  if (prompt.length > limit)
    warn?.(
      "prompt-cut",
      `the prompt has ${prompt.length} tokens and is cut to ${limit}, as openpi does: what stands at its end is lost; shorten the instruction`,
    );
  return prompt.slice(0, limit);
}

function withoutPrefix(ids: readonly number[], prefix: readonly number[]): readonly number[] {
  return prefix.every((id, index) => ids[index] === id) ? ids.slice(prefix.length) : ids;
}
