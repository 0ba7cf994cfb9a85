import { int64Tensor, sessionOf } from "@vla-pruner/core/adapter";
import type { GraphSession } from "@vla-pruner/core/adapter";
import { VlaPrunerError } from "@vla-pruner/core";
import type { HeadResult } from "@vla-pruner/core";
import type { ActionFlow, FlowActions, FlowParts, FlowStart, Prefix } from "./action-flow.ts";
import { pastOf } from "./caches.ts";
import { OneRunCall } from "./one-run-call.ts";
import { releaseHead, runHead } from "./prefix-head.ts";
import type { PrefixHead } from "./prefix-head.ts";

/** What the head leaves, kept rows and noise in, actions out: one run of `act` a call. */
export class OneRunFlow implements ActionFlow<PrefixHead> {
  readonly #head: GraphSession;
  readonly #act: OneRunCall;

  /** @throws `model-invalid` for graphs of earlier versions, whose head hands nothing over */
  constructor({ sessions, ...parts }: FlowParts) {
    this.#head = sessionOf(sessions, "prefill_head");
    if (!this.#head.outputNames.includes("hidden_states")) {
      throw new VlaPrunerError("model-invalid", {
        expected: "a graph prefill_head that hands hidden states to act",
        found: `outputs ${this.#head.outputNames.join(", ")}`,
        fix: "convert the checkpoint again with this version of vla-pruner",
      });
    }
    this.#act = new OneRunCall(sessionOf(sessions, "act"), parts);
  }

  async prefill(prefix: Prefix): Promise<HeadResult<PrefixHead>> {
    return runHead(this.#head, prefix);
  }

  async act(
    start: FlowStart,
    { state: { ids, vision, hidden, cache }, sequence }: HeadResult<PrefixHead>,
    keep: Int32Array,
  ): Promise<FlowActions> {
    const words = int64Tensor(ids, [1, ids.length]);
    const feeds = { input_ids: words, hidden_states: hidden, ...pastOf(cache) };
    const { actions } = await this.#act.run(feeds, { sequence, vision }, start, keep);
    return actions;
  }

  release(head: PrefixHead): void {
    releaseHead(head);
  }
}
