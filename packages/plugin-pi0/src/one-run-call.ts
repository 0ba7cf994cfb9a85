import { int64Tensor, keptRows } from "@vla-pruner/core/adapter";
import type { GraphSession, NamedTensors } from "@vla-pruner/core/adapter";
import type { FlowParts, FlowStart } from "./action-flow.ts";
import { EulerRun } from "./euler-run.ts";
import type { EulerOutputs, PrefixSize } from "./euler-run.ts";

/** A graph that goes from a prefix, or from pixels, to actions in one run. */
export class OneRunCall {
  readonly #run: EulerRun;

  constructor(session: GraphSession, parts: Omit<FlowParts, "sessions">) {
    this.#run = new EulerRun(session, parts);
  }

  /** @param feeds the prefix as the graph takes it */
  async run(
    feeds: NamedTensors,
    { sequence, vision }: Omit<PrefixSize, "kept">,
    start: FlowStart,
    keep: Int32Array,
  ): Promise<EulerOutputs> {
    const rows = int64Tensor(keptRows(keep, { start: 0, vision, sequence }));
    return this.#run.run({ ...feeds, kept_rows: rows }, { sequence, vision, kept: keep.length }, start);
  }
}
