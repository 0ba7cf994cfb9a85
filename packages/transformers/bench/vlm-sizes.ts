import type { DecoderSizes, SiglipSizes } from "@vla-pruner/onnx/blocks";

/** Sizes of a vision-language model, and how its decoder attends. */
export interface VlmSizes {
  readonly modelType: string;
  readonly architecture: string;
  readonly decoder: DecoderSizes;
  readonly tower: Omit<SiglipSizes, "prefix">;
  /** Side of a picture in pixels. */
  readonly side: number;
  /** Patches along a side that become one visual token. */
  readonly merged: number;
  /** Every row sees every row, as in PaliGemma's prefix; else causal. */
  readonly bidirectional: boolean;
  readonly imageToken: number;
  /** What is smaller than in the model that is published. */
  readonly reduced: string | null;
}

/** `HuggingFaceTB/SmolVLM-256M-Instruct`, by its config.json. */
const SMOLVLM: VlmSizes = {
  modelType: "idefics3",
  architecture: "Idefics3ForConditionalGeneration",
  decoder: {
    layers: 30,
    hidden: 576,
    heads: 9,
    keyValueHeads: 3,
    headSize: 64,
    intermediate: 1536,
    vocabulary: 49_280,
    theta: 100_000,
    positions: 8192,
    epsilon: 1e-5,
  },
  tower: { layers: 12, hidden: 768, heads: 12, intermediate: 3072, patch: 16, tokens: 1024 },
  side: 512,
  merged: 4,
  bidirectional: false,
  imageToken: 49_190,
  reduced: null,
};

/** `google/paligemma-3b-pt-224`, with a third of the layers of both stages and a smaller vocabulary. */
const PALIGEMMA: VlmSizes = {
  modelType: "paligemma",
  architecture: "PaliGemmaForConditionalGeneration",
  decoder: {
    layers: 6,
    hidden: 2048,
    heads: 8,
    keyValueHeads: 1,
    headSize: 256,
    intermediate: 16_384,
    vocabulary: 32_768,
    theta: 10_000,
    positions: 8192,
    epsilon: 1e-6,
    activation: "gelu-tanh",
    normPlus: 1,
  },
  tower: { layers: 9, hidden: 1152, heads: 16, intermediate: 4304, patch: 14, tokens: 256 },
  side: 224,
  merged: 1,
  bidirectional: true,
  imageToken: 32_000,
  reduced: "6 of 18 decoder layers, 9 of 27 of the tower, 32768 of 257216 words",
};

export const MODELS: Readonly<Record<string, VlmSizes>> = {
  "smolvlm-256m": SMOLVLM,
  "paligemma-3b": PALIGEMMA,
};
