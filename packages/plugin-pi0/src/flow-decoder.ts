import {
  checkComputed,
  float32Tensor,
  int64Tensor,
  optionalFloat32,
  requiredFloat32,
  throwIfCancelled,
} from "@vla-pruner/core/adapter";
import type { GraphSession, GraphTensor, NamedTensors } from "@vla-pruner/core/adapter";
import { eulerSchedule, timeEmbedding } from "./euler-schedule.ts";
import type { FlowPlan } from "./pi0-options.ts";
import type { Pi0Vla } from "./pi0-vla.ts";

/** What a step denoises with. */
export interface FlowInputs {
  /** `present.{layer}.key` and `.value` of all prefix layers: full below the cut, kept rows above. */
  readonly cache: NamedTensors;
  /** float32 `[1, state]`, in model units; `null` for π0.5. */
  readonly state: Float32Array | null;
  /** float32 `[horizon · action]`. */
  readonly noise: Float32Array;
  /** Rows of the prefix before pruning: the suffix is numbered from here. */
  readonly sequence: number;
  /** Visual tokens in all, and kept. */
  readonly vision: number;
  readonly kept: number;
  readonly signal?: AbortSignal | undefined;
}

/** Takes the action attention of one Euler step that counts: `[layers, vision]` and `[layers, kept]`. */
export type AttentionSink = (below: Float32Array | null, above: Float32Array | null) => void;

/** The Euler loop over session `denoise`, a run a step. */
export class FlowDecoder {
  readonly #denoise: GraphSession;
  readonly #modulation: GraphSession | undefined;
  readonly #vla: Pi0Vla;
  readonly #plan: FlowPlan;
  readonly #times: readonly Float32Array[];
  readonly #delta: number;
  /** Depends on the times alone, so it is computed once. */
  #conditions: Promise<readonly GraphTensor[]> | undefined;

  constructor(denoise: GraphSession, modulation: GraphSession | undefined, vla: Pi0Vla, plan: FlowPlan) {
    this.#denoise = denoise;
    this.#modulation = modulation;
    this.#vla = vla;
    this.#plan = plan;
    const { delta, times } = eulerSchedule(plan.steps);
    this.#delta = delta;
    this.#times = times.map((time) => timeEmbedding(time, vla.expert.hidden));
  }

  /** Actions in model units, float32 `[horizon, action]`. */
  async run(inputs: FlowInputs, sink: AttentionSink): Promise<Float32Array> {
    const { horizon, action_size: size } = this.#vla;
    const fixed = this.#fixedFeeds(inputs);
    const condition = this.#modulation === undefined ? "time_embedding" : "modulation";
    const actions = inputs.noise.slice();
    for (const [step, time] of (await this.#conditionTensors()).entries()) {
      throwIfCancelled(inputs.signal, `before Euler step ${step}`);
      const noisy = float32Tensor(actions, [1, horizon, size]);
      const outputs = await this.#denoise.run({ ...fixed, noisy_actions: noisy, [condition]: time });
      const velocity = requiredFloat32(outputs, "velocity");
      for (let index = 0; index < actions.length; index += 1) {
        actions[index] = (actions[index] ?? 0) + Math.fround(this.#delta * (velocity[index] ?? 0));
      }
      if (this.#plan.attentionSteps.has(step))
        sink(
          optionalFloat32(outputs, "action_attention_all"),
          optionalFloat32(outputs, "action_attention_kept"),
        );
    }
    return checkComputed(actions, "actions");
  }

  #fixedFeeds({ cache, state, sequence, vision, kept }: FlowInputs): Record<string, GraphTensor> {
    const rows = this.#vla.horizon + (state === null ? 0 : 1);
    const past = Object.entries(cache).map(
      ([name, tensor]) => [name.replace("present", "past_key_values"), tensor] as const,
    );
    return {
      ...Object.fromEntries(past),
      ...(state !== null && { state: float32Tensor(state, [1, state.length]) }),
      position_ids: int64Tensor(
        Int32Array.from({ length: rows }, (_, row) => sequence + row),
        [1, rows],
      ),
      vision_columns: int64Tensor([vision, kept]),
    };
  }

  /** What tells the expert the time, a tensor a step. A failure is not remembered. */
  async #conditionTensors(): Promise<readonly GraphTensor[]> {
    this.#conditions ??= this.#makeConditions().catch((error: unknown) => {
      this.#conditions = undefined;
      throw error;
    });
    return this.#conditions;
  }

  async #makeConditions(): Promise<readonly GraphTensor[]> {
    const { hidden } = this.#vla.expert;
    if (this.#modulation === undefined) return this.#times.map((time) => float32Tensor(time, [1, hidden]));
    const all = new Float32Array(this.#times.length * hidden);
    for (const [step, time] of this.#times.entries()) all.set(time, step * hidden);
    const outputs = await this.#modulation.run({
      time_embedding: float32Tensor(all, [this.#times.length, hidden]),
    });
    const values = requiredFloat32(outputs, "modulation");
    const size = values.length / this.#times.length;
    const dims = [size / (3 * hidden), 3 * hidden];
    return this.#times.map((_, step) => float32Tensor(values.slice(step * size, (step + 1) * size), dims));
  }
}
