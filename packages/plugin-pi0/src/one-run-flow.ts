import {
  disposeAll,
  int64Tensor,
  requiredOutput,
  semanticAttention,
  sessionOf,
} from "@vla-pruner/core/adapter";
import type { GraphSession, NamedTensors } from "@vla-pruner/core/adapter";
import { VlaPrunerError } from "@vla-pruner/core";
import type { HeadResult } from "@vla-pruner/core";
import type { ActionFlow, FlowActions, FlowParts, FlowStart, Prefix } from "./action-flow.ts";
import { pastOf, presentOf } from "./caches.ts";
import { OneRunCall } from "./one-run-call.ts";
import { promptFeeds } from "./prompt-feeds.ts";

/** The prefix below the cut. */
interface Head {
  readonly ids: readonly number[];
  /** Hidden states and caches, as `act` takes them. */
  readonly handed: NamedTensors;
  /** Visual tokens. */
  readonly vision: number;
}

/** What the head leaves, kept rows and noise in, actions out: one run of `act` a call. */
export class OneRunFlow implements ActionFlow<Head> {
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

  async prefill(prefix: Prefix): Promise<HeadResult<Head>> {
    const { vision, ids } = prefix;
    const outputs = await this.#head.run(promptFeeds(prefix));
    try {
      const hidden = requiredOutput(outputs, "hidden_states");
      const handed = { hidden_states: hidden, ...pastOf(presentOf(outputs)) };
      const sequence = vision + ids.length;
      const semantic = semanticAttention(outputs, { sequence });
      return { state: { ids, handed, vision }, semantic, sequence };
    } catch (error) {
      disposeAll(Object.values(outputs)); // No step owns them yet.
      throw error;
    }
  }

  async act(
    start: FlowStart,
    { state: { ids, handed, vision }, sequence }: HeadResult<Head>,
    keep: Int32Array,
  ): Promise<FlowActions> {
    const feeds = { input_ids: int64Tensor(ids, [1, ids.length]), ...handed };
    const { actions } = await this.#act.run(feeds, { sequence, vision }, start, keep);
    return actions;
  }

  release({ handed }: Head): void {
    disposeAll(Object.values(handed));
  }
}
