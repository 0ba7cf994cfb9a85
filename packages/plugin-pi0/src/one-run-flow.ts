import { disposeAll, int64Tensor, semanticAttention, sessionOf } from "@vla-pruner/core/adapter";
import type { GraphSession, GraphTensor, NamedTensors } from "@vla-pruner/core/adapter";
import type { HeadResult } from "@vla-pruner/core";
import type { ActionFlow, FlowActions, FlowParts, FlowStart, Prefix } from "./action-flow.ts";
import { pastOf, presentOf } from "./caches.ts";
import { OneRunCall } from "./one-run-call.ts";
import { promptFeeds } from "./prompt-feeds.ts";

/** The prefix as `act` takes it. */
interface Head {
  readonly feeds: NamedTensors;
  /** Those of them that were made for it. */
  readonly own: readonly GraphTensor[];
  /** Visual tokens. */
  readonly vision: number;
}

/** What the head leaves, kept rows and noise in, actions out: one run of `act` a call. */
export class OneRunFlow implements ActionFlow<Head> {
  readonly #head: GraphSession;
  readonly #act: OneRunCall;

  constructor({ sessions, ...parts }: FlowParts) {
    this.#head = sessionOf(sessions, "prefill_head");
    this.#act = new OneRunCall(sessionOf(sessions, "act"), parts);
  }

  async prefill(prefix: Prefix): Promise<HeadResult<Head>> {
    const { vision, ids } = prefix;
    const outputs = await this.#head.run(promptFeeds(prefix));
    const sequence = vision + ids.length;
    const { hidden_states: hidden } = outputs;
    // Graphs of earlier versions hand nothing over: `act` begins with the prompt again.
    const handed = hidden && { hidden_states: hidden, ...pastOf(presentOf(outputs)) };
    const own = Object.values(handed ?? {});
    try {
      const semantic = semanticAttention(outputs, { sequence });
      const feeds = handed ? { input_ids: int64Tensor(ids, [1, ids.length]), ...handed } : promptFeeds(prefix);
      return { state: { feeds, own, vision }, semantic, sequence };
    } catch (error) {
      disposeAll(own); // No step owns them yet.
      throw error;
    }
  }

  async act(
    start: FlowStart,
    { state: { feeds, vision }, sequence }: HeadResult<Head>,
    keep: Int32Array,
  ): Promise<FlowActions> {
    const { actions } = await this.#act.run(feeds, { sequence, vision }, start, keep);
    return actions;
  }

  release({ own }: Head): void {
    disposeAll(own);
  }
}
