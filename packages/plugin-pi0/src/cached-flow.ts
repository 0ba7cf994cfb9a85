import {
  disposeAll,
  int64Tensor,
  requiredOutput,
  semanticAttention,
  sessionOf,
} from "@vla-pruner/core/adapter";
import type { GraphSession, GraphTensor, NamedTensors } from "@vla-pruner/core/adapter";
import type { HeadResult, StepCall } from "@vla-pruner/core";
import type { ActionFlow, FlowActions, FlowParts, FlowStart, Prefix } from "./action-flow.ts";
import { presentOf } from "./caches.ts";
import { denoiseAtOnce, denoiseByStep } from "./denoise.ts";
import type { Denoise } from "./denoise.ts";
import { promptFeeds } from "./prompt-feeds.ts";

/** The prefix below the cut. */
interface Head {
  /** `[1, sequence, hidden]`. */
  readonly hidden: GraphTensor;
  /** `present.*` of layers < K. */
  readonly cache: NamedTensors;
  /** Visual tokens. */
  readonly vision: number;
}

/** Keys and values above the cut on the kept tokens, then Euler steps over all of them. */
export class CachedFlow implements ActionFlow<Head> {
  readonly #head: GraphSession;
  readonly #act: GraphSession;
  readonly #denoise: Denoise;

  constructor(parts: FlowParts) {
    const { sessions, vla } = parts;
    this.#head = sessionOf(sessions, "prefill_head");
    this.#act = sessionOf(sessions, "act");
    this.#denoise = vla.one_denoise === true ? denoiseAtOnce(parts) : denoiseByStep(parts);
  }

  async prefill(prefix: Prefix): Promise<HeadResult<Head>> {
    const { vision } = prefix;
    const outputs = await this.#head.run(promptFeeds(prefix));
    const sequence = vision + prefix.ids.length;
    const state = { hidden: requiredOutput(outputs, "hidden_states"), cache: presentOf(outputs), vision };
    // In a prefix without a mask every row sees every column.
    return { state, semantic: semanticAttention(outputs, { sequence }), sequence };
  }

  async act(
    start: FlowStart,
    { state: { hidden, cache, vision }, sequence }: HeadResult<Head>,
    keep: Int32Array,
    { signal }: StepCall,
  ): Promise<FlowActions> {
    const outputs = await this.#act.run({
      hidden_states: hidden,
      keep_indices: int64Tensor(keep),
      vision_span: int64Tensor([0, vision]), // pictures come first
    });
    const above = presentOf(outputs);
    try {
      const prefix = { cache: { ...cache, ...above }, sequence, vision, kept: keep.length };
      return await this.#denoise({ ...prefix, ...start, signal });
    } finally {
      disposeAll(Object.values(above));
    }
  }

  release({ hidden, cache }: Head): void {
    disposeAll([hidden, ...Object.values(cache)]);
  }
}
