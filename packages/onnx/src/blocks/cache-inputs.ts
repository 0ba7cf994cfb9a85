import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import type { CachedAttention, CacheInputs } from "./attention.ts";
import type { HeadSizes } from "./open-attention.ts";

/**
 * The key/value cache at a graph's border, under the names of transformers.js (`past_key_values.{i}.key`,
 * `present.{i}.key`). Each graph names its own lengths: ONNX Runtime reuses buffers of dimensions that
 * share a name, and the layers above the cut are shorter.
 */
export class CacheBorder {
  readonly #graph: GraphBuilder;
  readonly #sizes: HeadSizes;
  readonly #lastIndex: Value;
  readonly #totalLength: Value;

  constructor(graph: GraphBuilder, sizes: HeadSizes) {
    this.#graph = graph;
    this.#sizes = sizes;
    this.#lastIndex = graph.input("seqlens_k", "int32", [1]);
    this.#totalLength = graph.input("total_sequence_length", "int32", [1]);
  }

  /** The inputs of one layer. */
  inputs(layer: number): CacheInputs {
    const dims = [1, this.#sizes.keyValueHeads, "past_sequence", this.#sizes.headSize];
    return {
      pastKey: this.#graph.input(`past_key_values.${layer}.key`, this.#graph.floatType, dims),
      pastValue: this.#graph.input(`past_key_values.${layer}.value`, this.#graph.floatType, dims),
      lastIndex: this.#lastIndex,
      totalLength: this.#totalLength,
    };
  }

  /** The outputs of one layer. */
  outputs(layer: number, { presentKey, presentValue }: CachedAttention): void {
    const dims = [1, this.#sizes.keyValueHeads, "total_sequence", this.#sizes.headSize];
    this.#graph.output(presentKey, `present.${layer}.key`, this.#graph.floatType, dims);
    this.#graph.output(presentValue, `present.${layer}.value`, this.#graph.floatType, dims);
  }
}
