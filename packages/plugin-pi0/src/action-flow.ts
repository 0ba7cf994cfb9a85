import type { GraphTensor } from "@vla-pruner/core/adapter";
import type { HeadResult, LayerAttention, ModelLayout, StepCall, VlaModelParts } from "@vla-pruner/core";
import type { FlowPlan } from "./pi0-options.ts";
import type { Pi0Vla } from "./pi0-vla.ts";
import type { TimeConditions } from "./time-conditions.ts";

/** What a flow is made of. */
export interface FlowParts {
  readonly sessions: VlaModelParts["sessions"];
  readonly vla: Pi0Vla;
  readonly plan: FlowPlan;
  readonly layout: ModelLayout;
  readonly times: TimeConditions;
}

/** The prefix of a step. */
export interface Prefix {
  /** `[text]` */
  readonly ids: readonly number[];
  /** `[1, vision, hidden]` */
  readonly features: GraphTensor;
  /** Visual tokens, which come first. */
  readonly vision: number;
}

/** What actions start from. */
export interface FlowStart {
  /** float32 `[state]`, in model units; `null` for π0.5. */
  readonly state: Float32Array | null;
  /** float32 `[horizon · action]`. */
  readonly noise: Float32Array;
}

export interface FlowActions {
  /** float32 `[horizon · action]`, in model units. */
  readonly values: Float32Array;
  readonly actionAttention: readonly LayerAttention[];
}

/** How a model's graphs turn a prefix, noise and the kept tokens into actions. */
export interface ActionFlow<Head = unknown> {
  prefill(prefix: Prefix): Promise<HeadResult<Head>>;
  /** @throws `session-failed`, `cancelled` */
  act(start: FlowStart, head: HeadResult<Head>, keep: Int32Array, call: StepCall): Promise<FlowActions>;
  /** Frees what a prefill left. */
  release(head: Head): void;
}
