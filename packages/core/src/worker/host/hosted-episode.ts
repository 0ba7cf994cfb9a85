import type { EpisodeParts, Policy } from "../../policy/policy.ts";
import type { LocalEpisode } from "../../policy/local-episode.ts";
import type { StepResult } from "../../policy/step-result.ts";
import { throwIfCancelled } from "../../policy/throw-if-cancelled.ts";
import type { WorkQueue } from "../../policy/work-queue.ts";
import { failureOf } from "../failure.ts";
import type { Questions, SavedMemory } from "../messages.ts";
import type { WorkerPort } from "./worker-port.ts";

/** The step of an episode that is under way. */
class HostedStep {
  readonly id: number;
  readonly controller = new AbortController();
  /** Resolves when the other side wants the action, or does not any more. */
  readonly settled: Promise<void>;
  settle!: () => void;
  /** Lets the next episode's step begin. */
  free: (() => void) | undefined;
  /** Milliseconds that `settled` took: no part of any stage. */
  waited = 0;

  constructor(id: number) {
    this.id = id;
    this.settled = new Promise((resolve) => {
      this.settle = resolve;
    });
  }
}

/**
 * An episode in the worker. What it learns from a step counts only when the other side still wants the action: a step
 * that was given up there is not remembered here, however far it had come.
 */
export class HostedEpisode {
  readonly #port: WorkerPort;
  readonly #episode: LocalEpisode;
  #step: HostedStep | undefined;
  #restored = 0;

  constructor(port: WorkerPort, policy: Policy, parts: EpisodeParts) {
    this.#port = port;
    this.#episode = policy.startEpisode({
      ...parts,
      middleware: [
        {
          toAction: async (_, next) => {
            const chunk = await next();
            await this.#wanted();
            return chunk;
          },
        },
      ],
    });
  }

  async act(
    { id, observation, draft }: Questions["act"]["asks"] & { readonly id: number },
    steps: WorkQueue,
  ): Promise<Questions["act"]["gives"]> {
    const step = new HostedStep(id);
    this.#step = step;
    const { signal } = step.controller;
    const result = await new Promise<StepResult>((resolve, reject) => {
      void steps.add(async () => {
        await new Promise(setImmediate); // Cancellations that came in during the last run are heard first.
        await new Promise<void>((free) => {
          step.free = free;
          void this.#episode
            .act(observation, { signal, ...(draft && { draft }) })
            .then(resolve, reject)
            .finally(free);
        });
      });
    });
    const { toAction = 0, ...others } = result.timings;
    const timings = { ...others, toAction: Math.max(0, toAction - step.waited) };
    return { result: { ...result, timings }, memory: this.save() };
  }

  settle({ kind, id }: { readonly kind: "commit" | "cancel"; readonly id: number }): void {
    if (this.#step?.id !== id) return;
    if (kind === "cancel") this.#step.controller.abort();
    this.#step.settle();
  }

  cancel(): void {
    this.#step?.controller.abort();
    this.#step?.settle();
  }

  async reset({ restores }: Questions["reset"]["asks"]): Promise<SavedMemory> {
    if (this.#restored <= restores) await this.#episode.reset();
    return this.save();
  }

  restore({ state, restores }: Questions["restore"]["asks"]): SavedMemory {
    this.#episode.restoreState(state);
    this.#restored = restores;
    return this.save();
  }

  /** A pruner's memory need not be JSON: then it lives as long as this worker. */
  save(): SavedMemory {
    try {
      return { state: this.#episode.saveState() };
    } catch (error) {
      return { failure: failureOf(error) };
    }
  }

  async #wanted(): Promise<void> {
    const step = this.#step;
    if (step === undefined) return;
    const begin = performance.now();
    step.free?.();
    this.#port.post({ kind: "ready", id: step.id });
    await step.settled;
    step.waited = performance.now() - begin;
    throwIfCancelled(step.controller.signal, "after toAction");
  }
}
