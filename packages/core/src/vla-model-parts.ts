import type { VlaBlock } from "@vla-pruner/format";
import type { GraphSession } from "./runtime/graph-session.ts";

/** A tokenizer, reduced to what a VLA needs. */
export interface Tokenizer {
  /** Text → token ids, special tokens included. */
  encode(text: string): number[];
}

/** A loaded model, as a plugin receives it. */
export interface VlaModelParts {
  readonly vla: VlaBlock;
  /** `config.json` as it stands in the model directory. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly sessions: Readonly<Record<string, GraphSession>>;
  /** Absent where the model directory has no tokenizer files; numeric observations need none. */
  readonly tokenizer: Tokenizer | null;
}
