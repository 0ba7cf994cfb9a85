import { promptIds, refuseTemplate, requiredTokenizer } from "@vla-pruner/core/adapter";
import type { Observation, PluginOptions, Tokenizer } from "@vla-pruner/core";
import { EMPTY_TOKEN } from "./empty-token.ts";

/** Options that OpenVLA and OpenVLA-OFT share. */
export interface PrismaticOptions extends PluginOptions {
  /** Instruction → prompt, for fine-tunes with another template. */
  readonly prompt?: (instruction: string) => string;
}

/** What a prompt is made with. */
interface PromptModel {
  readonly tokenizer: Tokenizer | null;
  readonly vla: { readonly empty_token_id?: number; readonly decoder: { readonly vocabulary: number } };
}

/** What only a prompt has in it: OpenVLA's, of both versions. */
const TEMPLATE = /what action should the robot take to|^\s*in:.*\bout:\s*$|^\s*user:|\bassistant:\s*$/isu;

/** Instruction → prompt, as OpenVLA was trained. */
export function openvlaPrompt(instruction: string): string {
  return `In: What action should the robot take to ${instruction.toLowerCase()}?\nOut:`;
}

/**
 * An observation's token ids, BOS first.
 *
 * @param room tokens that the position table has left for the prompt's words
 * @throws `observation-invalid`, `tokenizer-missing`
 */
export function prismaticIds(
  observation: Observation,
  { tokenizer, vla }: PromptModel,
  { prompt = openvlaPrompt }: PrismaticOptions,
  room: number,
): readonly number[] {
  const limits = { vocabulary: vla.decoder.vocabulary, room, least: 2 };
  const encode = (text: string): number[] => {
    refuseTemplate(text, TEMPLATE);
    return encodePrompt(tokenizer, prompt(inOneLine(text)), vla.empty_token_id);
  };
  return promptIds(observation, encode, limits);
}

/** Stray white space is no part of an instruction: the sets that models were trained on have none. */
function inOneLine(text: string): string {
  return text.trim().replaceAll(/\s+/gu, " ");
}

/**
 * Prompt → token ids: BOS first, the empty token last.
 *
 * @param emptyToken `vla.empty_token_id`; OpenVLA's 29871 where a model directory does not say
 * @throws `tokenizer-missing`
 */
export function encodePrompt(
  tokenizer: Tokenizer | null,
  prompt: string,
  emptyToken: number = EMPTY_TOKEN,
): number[] {
  const ids = requiredTokenizer(tokenizer).encode(prompt);
  return ids.at(-1) === emptyToken ? ids : [...ids, emptyToken];
}
