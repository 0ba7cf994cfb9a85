import { byteTokenizer } from "../tools/make-byte-tokenizer.ts";

interface TokenizerJson {
  added_tokens: Record<string, unknown>[];
  model: { vocab: Record<string, number>; merges: string[] };
}

/** How a byte-level vocabulary writes the space before a word. */
const SPACE = "Ġ";

/**
 * A byte-level `tokenizer.json` in which each of the given words is one token, and any other text still has
 * tokens, byte by byte.
 *
 * A word's merges grow it letter by letter from its beginning, so words that begin alike share them.
 *
 * @param words each with the space before it, where it has one: `" cube"`, `"In"`
 * @param size ids below this; the last one is the token that ends OpenVLA's prompt and that no text yields
 */
export function wordTokenizer(words: readonly string[], size: number): Record<string, unknown> {
  const json = byteTokenizer();
  const { model, added_tokens: added } = json as unknown as TokenizerJson;
  let next = Object.keys(model.vocab).length;
  for (const word of words) {
    const letters = word.replaceAll(" ", SPACE).split("");
    let token = letters[0] ?? "";
    for (const letter of letters.slice(1)) {
      const grown = token + letter;
      if (model.vocab[grown] === undefined) {
        model.vocab[grown] = next;
        model.merges.push(`${token} ${letter}`);
        next += 1;
      }
      token = grown;
    }
  }
  const end = size - 1;
  if (next > end) throw new Error(`${next + 1} tokens do not fit into ${size}: use fewer words`);
  const content = "<empty>";
  model.vocab[content] = end;
  added.push({ ...added[0], id: end, content });
  return json;
}
