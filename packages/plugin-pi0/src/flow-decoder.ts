import {
  checkComputed,
  float32Tensor,
  int64Tensor,
  optionalFloat32,
  requiredFloat32,
  throwIfCancelled,
} from "@vla-pruner/core/adapter";
import type { GraphSession, GraphTensor, NamedTensors } from "@vla-pruner/core/adapter";
import { pastOf } from "./caches.ts";
import { eulerSchedule } from "./euler-schedule.ts";
import type { FlowPlan } from "./pi0-options.ts";
import type { Pi0Vla } from "./pi0-vla.ts";
import type { TimeConditions } from "./time-conditions.ts";

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
  readonly #vla: Pi0Vla;
  readonly #plan: FlowPlan;
  readonly #times: TimeConditions;

  constructor(denoise: GraphSession, times: TimeConditions, vla: Pi0Vla, plan: FlowPlan) {
    this.#denoise = denoise;
    this.#times = times;
    this.#vla = vla;
    this.#plan = plan;
  }

  /** Actions in model units, float32 `[horizon, action]`. */
  async run(inputs: FlowInputs, sink: AttentionSink): Promise<Float32Array> {
    const { horizon, action_size: size } = this.#vla;
    const fixed = this.#fixedFeeds(inputs);
    const { delta } = eulerSchedule(this.#plan.steps);
    const condition = await this.#times.all();
    const width = condition.values.length / this.#plan.steps;
    const dims = condition.dims.length === 1 ? [1, ...condition.dims] : condition.dims;
    const actions = inputs.noise.slice();
    for (let step = 0; step < this.#plan.steps; step += 1) {
      throwIfCancelled(inputs.signal, `before Euler step ${step}`);
      const noisy = float32Tensor(actions, [1, horizon, size]);
      const time = float32Tensor(condition.values.slice(step * width, (step + 1) * width), dims);
      const outputs = await this.#denoise.run({ ...fixed, noisy_actions: noisy, [condition.name]: time });
      const velocity = requiredFloat32(outputs, "velocity");
      for (let index = 0; index < actions.length; index += 1) {
        actions[index] = (actions[index] ?? 0) + Math.fround(delta * (velocity[index] ?? 0));
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
    return {
      ...pastOf(cache),
      ...(state !== null && { state: float32Tensor(state, [1, state.length]) }),
      position_ids: suffixPositions(this.#vla, sequence, state !== null),
      vision_columns: int64Tensor([vision, kept]),
    };
  }
}

/**
 * Positions of the suffix, which is numbered from the unpruned length, int64 `[1, rows]`.
 *
 * @param stated whether its first row is the state
 */
export function suffixPositions({ horizon }: Pi0Vla, sequence: number, stated: boolean): GraphTensor {
  const rows = horizon + (stated ? 1 : 0);
  return int64Tensor(
    Int32Array.from({ length: rows }, (_, row) => sequence + row),
    [1, rows],
  );
}
