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

/** Rows of a prefix, and how many of them are visual: these come first. */
export interface PrefixSize {
  readonly sequence: number;
  readonly vision: number;
}

export interface MadeCall {
  readonly actions: FlowActions;
  readonly outputs: NamedTensors;
}

/** A graph that goes from a prefix, or from pixels, to actions in one run. */
export class OneRunCall {
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

  /** @param feeds the prefix as the graph takes it */
  async run(
    feeds: NamedTensors,
    { sequence, vision }: PrefixSize,
    { state, noise }: FlowStart,
    keep: Int32Array,
  ): Promise<MadeCall> {
    const { horizon, action_size: size } = this.#vla;
    const { steps, attentionSteps } = this.#plan;
    const text = Array.from({ length: sequence - vision }, (_, word) => vision + word);
    const outputs = await this.#session.run({
      ...feeds,
      kept_rows: int64Tensor([...keep, ...text]),
      ...(state !== null && { state: float32Tensor(state, [1, state.length]) }),
      position_ids: suffixPositions(this.#vla, sequence, state !== null),
      vision_columns: int64Tensor([vision, keep.length]),
      noise: float32Tensor(noise, [1, horizon, size]),
      steps: int64Tensor([steps], []),
      delta: float32Tensor(Float32Array.of(eulerSchedule(steps).delta), [1]),
      attention_steps: int64Tensor([...attentionSteps]),
      ...(await this.#conditions(steps)),
    });
    const taps = new TapMean(this.#layout, vision, keep.length);
    taps.add(
      optionalFloat32(outputs, "action_attention_all"),
      optionalFloat32(outputs, "action_attention_kept"),
    );
    const values = checkComputed(requiredFloat32(outputs, "actions"), "actions");
    return { actions: { values, actionAttention: taps.layers() }, outputs };
  }

  async #conditions(steps: number): Promise<NamedTensors> {
    const { name, values, dims } = await this.#times.all();
    return { [name]: float32Tensor(values, [steps, ...dims]) };
  }
}
