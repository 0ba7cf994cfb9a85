import { disposeAll, int64Tensor, sessionOf } from "@vla-pruner/core/adapter";
import type { GraphSession } from "@vla-pruner/core/adapter";
import type { HeadResult, StepCall } from "@vla-pruner/core";
import type { ActionFlow, FlowActions, FlowParts, FlowStart, Prefix } from "./action-flow.ts";
import { presentOf } from "./caches.ts";
import { denoiseAtOnce, denoiseByStep } from "./denoise.ts";
import type { Denoise } from "./denoise.ts";
import { releaseHead, runHead } from "./prefix-head.ts";
import type { PrefixHead } from "./prefix-head.ts";

/** Keys and values above the cut on the kept tokens, then Euler steps over all of them. */
export class CachedFlow implements ActionFlow<PrefixHead> {
  readonly #head: GraphSession;
  readonly #act: GraphSession;
  readonly #denoise: Denoise;

  constructor(parts: FlowParts) {
    const { sessions, vla } = parts;
    this.#head = sessionOf(sessions, "prefill_head");
    this.#act = sessionOf(sessions, "act");
    this.#denoise = vla.one_denoise === true ? denoiseAtOnce(parts) : denoiseByStep(parts);
  }

  async prefill(prefix: Prefix): Promise<HeadResult<PrefixHead>> {
    return runHead(this.#head, prefix);
  }

  async act(
    start: FlowStart,
    { state: { hidden, cache, vision }, sequence }: HeadResult<PrefixHead>,
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

  release(head: PrefixHead): void {
    releaseHead(head);
  }
}
