import type { TensorSource } from "@vla-pruner/onnx/convert";
import { missing } from "./fail.ts";

/** Where the parts of a π0 lie in its checkpoint; each name ends with a dot unless it is a tensor's. */
export interface Pi0Names {
  /** Before the projections in and out of the expert: empty, or `model.` in lerobot's files. */
  readonly root: string;
  readonly vision: string;
  readonly projector: string;
  /** The prefix's decoder. */
  readonly language: string;
  readonly expert: string;
  /** The word table: π0's words are tied, so either of two names may hold it. */
  readonly words: string;
}

/** Names as openpi's converter writes them, or lerobot, which puts `model.` before each. */
export function readNames(checkpoint: TensorSource): Pi0Names {
  const root = checkpoint.info("model.action_in_proj.weight") === undefined ? "" : "model.";
  const paligemma = `${root}paligemma_with_expert.paligemma.`;
  const language = `${paligemma}model.language_model.`;
  const words = [`${paligemma}lm_head.weight`, `${language}embed_tokens.weight`];
  const stored = words.find((name) => checkpoint.info(name) !== undefined);
  if (stored === undefined) throw missing(words.join(" or "));
  return {
    root,
    vision: `${paligemma}model.vision_tower.vision_model.`,
    projector: `${paligemma}model.multi_modal_projector.linear`,
    language,
    expert: `${root}paligemma_with_expert.gemma_expert.model.`,
    words: stored,
  };
}
