import { checkOptions } from "@vla-pruner/format";
import { EpisodeMemory } from "../memory/episode-memory.ts";
import type { EpisodeState } from "../memory/episode-memory.ts";
import type { ObservationInput } from "../observation.ts";
import { checkPruner } from "./check-stage.ts";
import { controlStep } from "./control-step.ts";
import type { Episode, StepOptions } from "./episode.ts";
import { EpisodeWatch } from "./episode-watch.ts";
import type { LocalEpisodeParts } from "./local-episode-parts.ts";
import { StepResources } from "./step-resources.ts";
import type { StepResult } from "./step-result.ts";
import { WorkQueue } from "./work-queue.ts";

/** An episode on a model in this process: owns the memory, which advances once a completed call, in call order. */
export class LocalEpisode implements Episode {
  readonly id: string;
  readonly #parts: LocalEpisodeParts;
  readonly #queue = new WorkQueue();
  #memory: EpisodeMemory;
  /** What was under way at a restore does not write over it. */
  #restores = 0;
  readonly #watch: EpisodeWatch;

  /** @throws `invalid-option` when the pruner reads what the model does not report */
  constructor(parts: LocalEpisodeParts) {
    checkPruner(parts.pruner, parts.adapter);
    this.id = parts.id;
    this.#parts = parts;
    this.#memory = EpisodeMemory.start(parts.pruner);
    this.#watch = new EpisodeWatch(parts);
  }

  async act(observation: ObservationInput, options: StepOptions = {}): Promise<StepResult> {
    checkOptions("act", options, ["signal", "draft"]);
    return this.#parts.gate.run(() => this.#queue.add(() => this.#step(observation, options)));
  }

  async reset(): Promise<void> {
    const restores = this.#restores;
    await this.#queue.add(() => {
      if (restores === this.#restores) this.#memory = EpisodeMemory.start(this.#parts.pruner);
      this.#watch.forget();
      this.#parts.events.report("episode-reset", { episode: this.id });
    });
  }

  saveState(): EpisodeState {
    return this.#memory.save();
  }

  restoreState(state: EpisodeState): void {
    this.#memory = EpisodeMemory.restore(this.#parts.pruner, state);
    this.#restores += 1;
    this.#watch.forget();
  }

  async #step(observation: ObservationInput, options: StepOptions): Promise<StepResult> {
    const memory = this.#memory;
    this.#watch.look(observation);
    const resources = new StepResources(this.#parts.adapter);
    const { warn } = this.#watch;
    const start = { memory, resources, warn };
    const { result, next } = await controlStep(this.#parts, observation, options, start).finally(() =>
      resources.release(),
    );
    if (this.#memory === memory) {
      this.#memory = next;
      this.#watch.note(observation);
    }
    this.#parts.events.report("action-available", result);
    return result;
  }
}
