/** Rows of a graph's output `semantic_attention [4, vision]`, in this order. */
export const SEMANTIC_ROWS = ["prefill", "last", "text", "raters"] as const;

/**
 * Which prompt rows of the attention map at layer `pruneLayer − 1` are averaged into a semantic score:
 * `prefill` all rows (the paper), `last` the last row (FastV, the reference's default), `text` the
 * instruction's rows, `raters` the text rows closest to the picture (SparseVLM).
 */
export type SemanticRows = (typeof SEMANTIC_ROWS)[number];
