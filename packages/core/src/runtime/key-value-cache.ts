import { emptyTensor, int32Tensor } from "./tensors.ts";
import type { GraphTensor } from "./graph-session.ts";

/** Sizes of one session's share of the cache. */
export interface KeyValueLayout {
  /** Decoder layers of the session, as numbered in its input names. */
  readonly layers: readonly number[];
  /** Key/value heads and size of each. */
  readonly heads: number;
  readonly headSize: number;
  readonly type: "float32" | "float16";
}

/**
 * Keys and values of one session's layers. Lengths differ between sessions: full below the cut, short
 * above it.
 */
export class KeyValueCache {
  readonly #layout: KeyValueLayout;
  #tensors: Record<string, GraphTensor>;
  #length = 0;

  constructor(layout: KeyValueLayout) {
    this.#layout = layout;
    this.#tensors = Object.fromEntries(
      pastNames(layout.layers).map((name) => [
        name,
        emptyTensor(layout.type, [1, layout.heads, 0, layout.headSize]),
      ]),
    );
  }

  /** Tokens in the cache. */
  get length(): number {
    return this.#length;
  }

  /** Inputs for a run that appends `added` tokens: the past and the lengths that grouped attention wants. */
  feeds(added: number): Record<string, GraphTensor> {
    const total = this.#length + added;
    return {
      ...this.#tensors,
      seqlens_k: int32Tensor([total - 1]),
      total_sequence_length: int32Tensor([total]),
    };
  }

  /** Takes `present.*` of a finished run over and frees what it replaces. */
  update(outputs: Readonly<Record<string, GraphTensor>>, added: number): void {
    const next: Record<string, GraphTensor> = {};
    for (const name of pastNames(this.#layout.layers)) {
      const present = outputs[name.replace("past_key_values", "present")];
      if (present !== undefined) next[name] = present;
    }
    this.dispose();
    this.#tensors = next;
    this.#length += added;
  }

  /** Forgets all but the first tokens. The tensors stay as they are: the next run writes over the rest. */
  shorten(length: number): void {
    this.#length = Math.min(this.#length, length);
  }

  dispose(): void {
    for (const tensor of Object.values(this.#tensors)) tensor.dispose();
    this.#tensors = {};
  }
}

function pastNames(layers: readonly number[]): string[] {
  return layers.flatMap((layer) => [`past_key_values.${layer}.key`, `past_key_values.${layer}.value`]);
}
