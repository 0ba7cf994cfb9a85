/**
 * Writes what training needs beside the demonstrations: the tokenizer, and every instruction as token ids.
 *
 *     node --import tsx --conditions=@vla-pruner/source training/prepare.ts --out DATA
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { AutoTokenizer } from "@huggingface/transformers";
import { openvlaPrompt } from "@vla-pruner/prismatic";
import { TOKENIZER_CONFIG } from "../tools/make-byte-tokenizer.ts";
import { allInstructions } from "./instructions.ts";
import { wordTokenizer } from "./word-tokenizer.ts";

/** Text tokens; action bins and padding follow, up to a vocabulary of 1024. */
const TEXT_TOKENS = 704;
const EMPTY_TOKEN = TEXT_TOKENS - 1;

const { values } = parseArgs({ options: { out: { type: "string" } } });
if (values.out === undefined) throw new Error("pass --out, a folder for the data");
const folder = resolve(values.out);
await mkdir(folder, { recursive: true });
await writeJson("tokenizer.json", wordTokenizer(wordsOf(allInstructions()), TEXT_TOKENS));
await writeJson("tokenizer_config.json", TOKENIZER_CONFIG);
const tokenizer = await AutoTokenizer.from_pretrained(folder, { local_files_only: true });
const encode = (text: string): number[] => tokenizer.encode(text);
const newline = encode("\n").slice(1);
await writeJson(
  "instructions.json",
  allInstructions().map((text) => ({
    text,
    openvla: [...encode(openvlaPrompt(text)), EMPTY_TOKEN],
    pi0: [...encode(text), ...newline],
  })),
);

async function writeJson(name: string, content: unknown): Promise<void> {
  await writeFile(join(folder, name), `${JSON.stringify(content)}\n`);
}

/** Words as they stand in prompts: with the space before them, and first words without. */
function wordsOf(instructions: readonly string[]): string[] {
  const prompts = instructions.flatMap((text) => [openvlaPrompt(text), text]);
  const pieces = prompts.flatMap((prompt) => prompt.match(/ ?[A-Za-z]+|[^A-Za-z ]+/gu) ?? []);
  // Merges of spaced words come first: a bare word must not break a spaced one.
  return [...new Set(pieces)].toSorted((a, b) => spaced(a) - spaced(b) || (a < b ? -1 : 1));
}

function spaced(piece: string): number {
  return piece.startsWith(" ") ? 0 : 1;
}
