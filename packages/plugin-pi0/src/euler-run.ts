import {
  checkComputed,
  float32Tensor,
  int64Tensor,
  optionalFloat32,
  requiredFloat32,
  TapMean,
} from "@vla-pruner/core/adapter";
import type { GraphSession, NamedTensors } from "@vla-pruner/core/adapter";
import type { ModelLayout } from "@vla-pruner/core";
import type { FlowActions, FlowParts, FlowStart } from "./action-flow.ts";
import { eulerSchedule } from "./euler-schedule.ts";
import { suffixPositions } from "./flow-decoder.ts";
import type { FlowPlan } from "./pi0-options.ts";
import type { Pi0Vla } from "./pi0-vla.ts";
import type { TimeConditions } from "./time-conditions.ts";

/** Rows of a prefix, how many of them are visual, which come first, and how many of these are kept. */
export interface PrefixSize {
  readonly sequence: number;
  readonly vision: number;
  readonly kept: number;
}

export interface EulerOutputs {
  readonly actions: FlowActions;
  readonly outputs: NamedTensors;
}

/** A graph that does all Euler steps in one run. */
export class EulerRun {
  readonly #session: GraphSession;
  readonly #vla: Pi0Vla;
  readonly #plan: FlowPlan;
  readonly #layout: ModelLayout;
  readonly #times: TimeConditions;

  constructor(session: GraphSession, { vla, plan, layout, times }: Omit<FlowParts, "sessions">) {
    this.#session = session;
    this.#vla = vla;
    this.#plan = plan;
    this.#layout = layout;
    this.#times = times;
  }

  /** @param feeds what the graph takes besides noise, state and times */
  async run(
    feeds: NamedTensors,
    { sequence, vision, kept }: PrefixSize,
    { state, noise }: FlowStart,
  ): Promise<EulerOutputs> {
    const { horizon, action_size: size } = this.#vla;
    const { steps, attentionSteps } = this.#plan;
    const { name, values, dims } = await this.#times.all();
    const outputs = await this.#session.run({
      ...feeds,
      ...(state !== null && { state: float32Tensor(state, [1, state.length]) }),
      position_ids: suffixPositions(this.#vla, sequence, state !== null),
      vision_columns: int64Tensor([vision, kept]),
      noise: float32Tensor(noise, [1, horizon, size]),
      delta: float32Tensor(Float32Array.of(eulerSchedule(steps).delta), [1]),
      attention_steps: int64Tensor([...attentionSteps]),
      [name]: float32Tensor(values, [steps, ...dims]),
    });
    const taps = new TapMean(this.#layout, vision, kept);
    taps.add(
      optionalFloat32(outputs, "action_attention_all"),
      optionalFloat32(outputs, "action_attention_kept"),
    );
    const actions = checkComputed(requiredFloat32(outputs, "actions"), "actions");
    return { actions: { values: actions, actionAttention: taps.layers() }, outputs };
  }
}
