/** A tokenizer without a training corpus: a token a byte of UTF-8, after three special ones. */
const SPECIALS = ["<unk>", "<s>", "</s>"];

/** What AutoTokenizer reads beside `tokenizer.json`. */
export const TOKENIZER_CONFIG = {
  add_bos_token: true,
  bos_token: "<s>",
  clean_up_tokenization_spaces: false,
  eos_token: "</s>",
  model_max_length: 2048,
  tokenizer_class: "PreTrainedTokenizerFast",
  unk_token: "<unk>",
};

/**
 * The `tokenizer.json` of a byte-level tokenizer: byte b is token 3 + b, `<s>` (1) comes first. Byte-pair
 * encoding without a single pair.
 */
export function byteTokenizer(): Record<string, unknown> {
  const bytes = byteCharacters().map((character, byte) => [character, SPECIALS.length + byte]);
  const start = { SpecialToken: { id: "<s>", type_id: 0 } };
  const text = { Sequence: { id: "A", type_id: 0 } };
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: SPECIALS.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: {
      type: "TemplateProcessing",
      single: [start, text],
      pair: [start, text, { Sequence: { id: "B", type_id: 1 } }],
      special_tokens: { "<s>": { id: "<s>", ids: [1], tokens: ["<s>"] } },
    },
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: "<unk>",
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries([...SPECIALS.map((content, id) => [content, id]), ...bytes]),
      merges: [],
    },
  };
}

/** The visible character that stands for each byte in a byte-level vocabulary (the GPT-2 convention). */
function byteCharacters(): string[] {
  let spare = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const visible = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCodePoint(visible ? byte : spare++);
  });
}
