import {
  checkComputed,
  float32Tensor,
  int64Tensor,
  optionalFloat32,
  requiredFloat32,
  semanticAttention,
  sessionOf,
  TapMean,
} from "@vla-pruner/core/adapter";
import type { GraphSession, NamedTensors } from "@vla-pruner/core/adapter";
import type { HeadResult, ModelLayout } from "@vla-pruner/core";
import type { ActionFlow, FlowActions, FlowParts, FlowStart, Prefix } from "./action-flow.ts";
import { eulerSchedule } from "./euler-schedule.ts";
import { suffixPositions } from "./flow-decoder.ts";
import type { FlowPlan } from "./pi0-options.ts";
import type { Pi0Vla } from "./pi0-vla.ts";
import { promptFeeds } from "./prompt-feeds.ts";
import type { TimeConditions } from "./time-conditions.ts";

/** Prefix, kept rows and noise in, actions out: one run of `act` a call. */
export class OneRunFlow implements ActionFlow<Prefix> {
  readonly #head: GraphSession;
  readonly #act: GraphSession;
  readonly #vla: Pi0Vla;
  readonly #plan: FlowPlan;
  readonly #layout: ModelLayout;
  readonly #times: TimeConditions;

  constructor({ sessions, vla, plan, layout, times }: FlowParts) {
    this.#head = sessionOf(sessions, "prefill_head");
    this.#act = sessionOf(sessions, "act");
    this.#vla = vla;
    this.#plan = plan;
    this.#layout = layout;
    this.#times = times;
  }

  async prefill(prefix: Prefix): Promise<HeadResult<Prefix>> {
    const outputs = await this.#head.run(promptFeeds(prefix));
    const sequence = prefix.vision + prefix.ids.length;
    return { state: prefix, semantic: semanticAttention(outputs, { sequence }), sequence };
  }

  async act(
    { state, noise }: FlowStart,
    { state: prefix, sequence }: HeadResult<Prefix>,
    keep: Int32Array,
  ): Promise<FlowActions> {
    const { horizon, action_size: size } = this.#vla;
    const { steps, attentionSteps } = this.#plan;
    const text = Array.from({ length: sequence - prefix.vision }, (_, word) => prefix.vision + word);
    const outputs = await this.#act.run({
      ...promptFeeds(prefix),
      kept_rows: int64Tensor([...keep, ...text]),
      ...(state !== null && { state: float32Tensor(state, [1, state.length]) }),
      position_ids: suffixPositions(this.#vla, sequence, state !== null),
      vision_columns: int64Tensor([prefix.vision, keep.length]),
      noise: float32Tensor(noise, [1, horizon, size]),
      steps: int64Tensor([steps], []),
      delta: float32Tensor(Float32Array.of(eulerSchedule(steps).delta), [1]),
      attention_steps: int64Tensor([...attentionSteps]),
      ...(await this.#conditions(steps)),
    });
    const taps = new TapMean(this.#layout, prefix.vision, keep.length);
    taps.add(
      optionalFloat32(outputs, "action_attention_all"),
      optionalFloat32(outputs, "action_attention_kept"),
    );
    const values = checkComputed(requiredFloat32(outputs, "actions"), "actions");
    return { values, actionAttention: taps.layers() };
  }

  release(): void {}

  async #conditions(steps: number): Promise<NamedTensors> {
    const { name, values, dims } = await this.#times.all();
    return { [name]: float32Tensor(values, [steps, ...dims]) };
  }
}
