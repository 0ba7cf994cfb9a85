import { checkOptions, SEMANTIC_ROWS, VlaPrunerError } from "@vla-pruner/format";
import type { SemanticRows, StageMiddleware, TokenPruner } from "@vla-pruner/core";
import type { CutPlace } from "@vla-pruner/onnx/split";

export interface PruningOptions {
  /** The id or path that `from_pretrained` was given: a loaded model does not know it. */
  readonly model: string;
  /** K: layers below it see all tokens, the others the kept ones. From 1 to one less than there are layers. */
  readonly layer: number;
  readonly pruner: TokenPruner;
  /** Functions around the stages of every prefill that is pruned, the first outermost. */
  readonly middleware?: readonly StageMiddleware[];
  /** Rows whose attention is reported; those that the pruner reads, else `last`, where absent. `[]`: none. */
  readonly scores?: readonly SemanticRows[];
  /** `early` cuts before the MLP of layer K − 1 instead of after it. Default `boundary`. */
  readonly cut?: CutPlace;
  /**
   * Runs a short prompt before and after, and refuses a model whose halves do not reproduce the stock logits, or ignore
   * positions. Default true.
   */
  readonly verify?: boolean;
  /** As given to `from_pretrained`. */
  readonly revision?: string;
  readonly cache_dir?: string;
  readonly subfolder?: string;
  readonly session_options?: Readonly<Record<string, unknown>>;
}

const NAMES: readonly (keyof PruningOptions)[] = [
  "model",
  "layer",
  "pruner",
  "middleware",
  "scores",
  "cut",
  "verify",
  "revision",
  "cache_dir",
  "subfolder",
  "session_options",
];

/** @throws `invalid-option` */
export function checkPruningOptions(options: PruningOptions): void {
  checkOptions("withPruning", options, NAMES);
  const { model, layer, pruner, scores, cut } = options;
  if (typeof model !== "string" || model === "")
    throw invalid("model: the id or path that from_pretrained was given", JSON.stringify(model));
  if (!Number.isInteger(layer) || layer < 1) throw invalid("layer: a whole number from 1 on", String(layer));
  if (typeof pruner?.select !== "function")
    throw invalid("pruner: a TokenPruner, such as fastv({ retention: 0.25 })", typeof pruner);
  const unknown = scores?.find((rows) => !SEMANTIC_ROWS.includes(rows));
  if (unknown !== undefined) throw invalid(`scores among ${SEMANTIC_ROWS.join(", ")}`, unknown);
  if (cut !== undefined && cut !== "boundary" && cut !== "early")
    throw invalid("cut: boundary or early", String(cut));
}

function invalid(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", { expected, found, fix: "see the recipe on stock models" });
}
