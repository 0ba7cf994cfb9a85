import { disposeAll, requiredOutput, semanticAttention } from "@vla-pruner/core/adapter";
import type { GraphSession, GraphTensor, NamedTensors } from "@vla-pruner/core/adapter";
import type { HeadResult } from "@vla-pruner/core";
import type { Prefix } from "./action-flow.ts";
import { presentOf } from "./caches.ts";
import { promptFeeds } from "./prompt-feeds.ts";

/** A prefix below the cut. */
export interface PrefixHead extends Pick<Prefix, "ids" | "vision"> {
  /** `[1, sequence, hidden]`. */
  readonly hidden: GraphTensor;
  /** `present.*` of layers < K. */
  readonly cache: NamedTensors;
}

/** A run of `prefill_head`. @throws `session-failed`, `model-invalid` */
export async function runHead(session: GraphSession, prefix: Prefix): Promise<HeadResult<PrefixHead>> {
  const { ids, vision } = prefix;
  const outputs = await session.run(promptFeeds(prefix));
  try {
    const hidden = requiredOutput(outputs, "hidden_states");
    const sequence = vision + ids.length;
    // In a prefix without a mask every row sees every column.
    const semantic = semanticAttention(outputs, { sequence });
    return { state: { ids, vision, hidden, cache: presentOf(outputs) }, semantic, sequence };
  } catch (error) {
    disposeAll(Object.values(outputs)); // No step owns them yet.
    throw error;
  }
}

/** Frees what a run of `prefill_head` left. */
export function releaseHead({ hidden, cache }: PrefixHead): void {
  disposeAll([hidden, ...Object.values(cache)]);
}
