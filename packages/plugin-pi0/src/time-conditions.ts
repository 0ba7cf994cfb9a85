import { float32Tensor, requiredFloat32 } from "@vla-pruner/core/adapter";
import type { GraphSession } from "@vla-pruner/core/adapter";
import { eulerSchedule, timeEmbedding } from "./euler-schedule.ts";

/** What tells the expert the times of all Euler steps. */
export interface TimeCondition {
  /** The graphs' input: `time_embedding`, or `modulation` in π0.5. */
  readonly name: string;
  /** float32 `[steps, ...dims]`. */
  readonly values: Float32Array;
  /** Of one step: `[hidden]`, or `[norms, 3 · hidden]`. */
  readonly dims: readonly number[];
}

/** Depends on the times alone, so it is worked out once. */
export class TimeConditions {
  readonly #modulation: GraphSession | undefined;
  readonly #steps: number;
  readonly #hidden: number;
  #made: Promise<TimeCondition> | undefined;

  /** @param hidden width of the expert */
  constructor(modulation: GraphSession | undefined, steps: number, hidden: number) {
    this.#modulation = modulation;
    this.#steps = steps;
    this.#hidden = hidden;
  }

  /** A failure is not remembered. */
  async all(): Promise<TimeCondition> {
    this.#made ??= this.#make().catch((error: unknown) => {
      this.#made = undefined;
      throw error;
    });
    return this.#made;
  }

  async #make(): Promise<TimeCondition> {
    const hidden = this.#hidden;
    const embeddings = new Float32Array(this.#steps * hidden);
    for (const [step, time] of eulerSchedule(this.#steps).times.entries())
      embeddings.set(timeEmbedding(time, hidden), step * hidden);
    if (this.#modulation === undefined) return { name: "time_embedding", values: embeddings, dims: [hidden] };
    const outputs = await this.#modulation.run({
      time_embedding: float32Tensor(embeddings, [this.#steps, hidden]),
    });
    const values = requiredFloat32(outputs, "modulation").slice();
    return { name: "modulation", values, dims: [values.length / this.#steps / (3 * hidden), 3 * hidden] };
  }
}
