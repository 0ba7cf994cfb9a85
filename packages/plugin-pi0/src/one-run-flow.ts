import { semanticAttention, sessionOf } from "@vla-pruner/core/adapter";
import type { GraphSession } from "@vla-pruner/core/adapter";
import type { HeadResult } from "@vla-pruner/core";
import type { ActionFlow, FlowActions, FlowParts, FlowStart, Prefix } from "./action-flow.ts";
import { OneRunCall } from "./one-run-call.ts";
import { promptFeeds } from "./prompt-feeds.ts";

/** Prefix, kept rows and noise in, actions out: one run of `act` a call. */
export class OneRunFlow implements ActionFlow<Prefix> {
  readonly #head: GraphSession;
  readonly #act: OneRunCall;

  constructor({ sessions, ...parts }: FlowParts) {
    this.#head = sessionOf(sessions, "prefill_head");
    this.#act = new OneRunCall(sessionOf(sessions, "act"), parts);
  }

  async prefill(prefix: Prefix): Promise<HeadResult<Prefix>> {
    const outputs = await this.#head.run(promptFeeds(prefix));
    const sequence = prefix.vision + prefix.ids.length;
    return { state: prefix, semantic: semanticAttention(outputs, { sequence }), sequence };
  }

  async act(
    start: FlowStart,
    { state: prefix, sequence }: HeadResult<Prefix>,
    keep: Int32Array,
  ): Promise<FlowActions> {
    const size = { sequence, vision: prefix.vision };
    const { actions } = await this.#act.run(promptFeeds(prefix), size, start, keep);
    return actions;
  }

  release(): void {}
}
