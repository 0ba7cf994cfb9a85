import {
  disposeAll,
  int64Tensor,
  requiredOutput,
  semanticAttention,
  sessionOf,
  TapMean,
} from "@vla-pruner/core/adapter";
import type { GraphSession, GraphTensor, NamedTensors } from "@vla-pruner/core/adapter";
import type { HeadResult, ModelLayout, StepCall } from "@vla-pruner/core";
import type { ActionFlow, FlowActions, FlowParts, FlowStart, Prefix } from "./action-flow.ts";
import { FlowDecoder } from "./flow-decoder.ts";
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

/** Keys and values above the cut on the kept tokens, then a run for each Euler step over all of them. */
export class StepwiseFlow implements ActionFlow<Head> {
  readonly #head: GraphSession;
  readonly #act: GraphSession;
  readonly #decoder: FlowDecoder;
  readonly #layout: ModelLayout;

  constructor({ sessions, vla, plan, layout, times }: FlowParts) {
    this.#head = sessionOf(sessions, "prefill_head");
    this.#act = sessionOf(sessions, "act");
    this.#decoder = new FlowDecoder(sessionOf(sessions, "denoise"), times, vla, plan);
    this.#layout = layout;
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
      const taps = new TapMean(this.#layout, vision, keep.length);
      const prefix = { cache: { ...cache, ...above }, sequence, vision, kept: keep.length };
      const values = await this.#decoder.run({ ...prefix, ...start, signal }, (all, kept) =>
        taps.add(all, kept),
      );
      return { values, actionAttention: taps.layers() };
    } finally {
      disposeAll(Object.values(above));
    }
  }

  release({ hidden, cache }: Head): void {
    disposeAll([hidden, ...Object.values(cache)]);
  }
}

/** Keys and values among the outputs: `present.{layer}.key` and `.value`. */
function presentOf(outputs: NamedTensors): NamedTensors {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => name.startsWith("present.")));
}
