import type { Episode, EpisodeState } from "@vla-pruner/core";
import type { PolicyHost } from "../policy-host.ts";
import type { Lane } from "./lane.ts";
import type { EpisodeRules, ResetReason, ServedStep, StepRequest } from "./types.ts";

export interface ServedEpisodeParts {
  /** Of the session: its episodes are this and a number. */
  readonly name: string;
  readonly lane: Lane;
  readonly rules: EpisodeRules;
  /** Why the first episode begins. */
  readonly first: ResetReason;
  readonly onReset: (episode: string, reason: ResetReason) => void;
}

/**
 * A robot's episodes, one after the other, on a policy that others use, too. Its memory is saved after every call: it
 * outlives the policy's worker. A call that fails changes nothing.
 */
export class ServedEpisode {
  readonly name: string;
  readonly #parts: ServedEpisodeParts;
  /** When the last call was answered, or the session began, `performance.now()`. */
  lastUsed: number = performance.now();
  /** Calls that are under way. */
  busy = 0;
  #episode: { readonly on: Episode; readonly host: PolicyHost; readonly generation: number } | null = null;
  /** After the last completed call; `null` before the first. */
  #saved: EpisodeState | null = null;
  /** The next call begins an episode for this reason. */
  #pending: ResetReason | null;
  #rules: EpisodeRules;
  #prompt = "";
  #number = 0;
  #closed = false;

  constructor(parts: ServedEpisodeParts) {
    this.name = parts.name;
    this.#parts = parts;
    this.#rules = parts.rules;
    this.#pending = parts.first;
    parts.lane.episodes += 1;
  }

  /** The client says itself from now on when an episode begins. */
  follow(rules: EpisodeRules): void {
    this.#rules = rules;
  }

  /** The next call begins a new episode. */
  restart(reason: ResetReason): void {
    this.#pending ??= reason;
  }

  /** @throws what the policy throws, and what a lane does */
  async act(request: StepRequest): Promise<ServedStep> {
    const seen = this.lastUsed;
    this.busy += 1;
    try {
      return await this.#parts.lane.run<ServedStep>(async (host, generation, deliver) => {
        const started = performance.now();
        const episode = await this.#on(host, generation);
        const reset = this.#reasonFor(request, seen);
        if (reset !== null) await episode.reset();
        const result = await episode
          .act(request.observation, { signal: request.signal })
          .catch(async (error: unknown) => {
            if (reset !== null) await this.#putBack(episode);
            throw error;
          });
        const ended = performance.now();
        if (reset !== null) {
          this.#number += 1;
          this.#parts.onReset(this.#current, reset);
        }
        this.#pending = null;
        this.#prompt = request.prompt;
        this.lastUsed = ended;
        deliver({
          result,
          episode: this.#current,
          reset: reset ?? "",
          queueMs: started - request.arrived,
          inferMs: ended - started,
        });
        await this.#save(episode);
        if (this.#closed) this.#letGo();
      }, request.signal);
    } finally {
      this.busy -= 1;
    }
  }

  /** The memory after the last completed call, or of an episode that has not begun. */
  saveState(signal: AbortSignal): Promise<EpisodeState> {
    return this.#parts.lane.run<EpisodeState>(async (host, generation, deliver) => {
      const episode = await this.#on(host, generation);
      if (this.#pending !== null) await episode.reset();
      deliver(await episode.saveState());
    }, signal);
  }

  /** Goes on from a saved memory, after the calls that were asked for before. @throws `state-invalid` */
  restoreState(state: EpisodeState, signal: AbortSignal): Promise<void> {
    return this.#parts.lane.run<void>(async (host, generation, deliver) => {
      const episode = await this.#on(host, generation);
      await episode.restoreState(state);
      this.#pending = null;
      this.#saved = state;
      deliver();
    }, signal);
  }

  /** The session ends; what runs for it ends first. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.lane.episodes -= 1;
    if (this.busy === 0) this.#letGo();
  }

  get #current(): string {
    return `${this.name}-${this.#number}`;
  }

  #letGo(): void {
    if (this.#episode !== null) this.#episode.host.endEpisode?.(this.#episode.on);
    this.#episode = null;
  }

  #reasonFor({ prompt, arrived }: StepRequest, seen: number): ResetReason | null {
    if (this.#pending !== null) return this.#pending;
    if (this.#rules.prompt && prompt !== this.#prompt) return "prompt";
    // Of observations that wait in line the first one's gap is meant: the others came before its answer.
    const { gap } = this.#rules;
    return gap !== null && arrived - seen > 1000 * gap && seen === this.lastUsed ? "gap" : null;
  }

  /** The episode on the policy as it is now: on one that was loaded again it goes on from what was saved. */
  async #on(host: PolicyHost, generation: number): Promise<Episode> {
    if (this.#episode?.generation === generation) return this.#episode.on;
    const on = await host.startEpisode({ id: this.name });
    if (this.#saved !== null) await on.restoreState(this.#saved);
    this.#episode = { on, host, generation };
    return on;
  }

  async #putBack(episode: Episode): Promise<void> {
    try {
      if (this.#saved !== null) await episode.restoreState(this.#saved);
    } catch {
      this.#episode = null; // Lost with its policy: made anew from what was saved.
    }
  }

  async #save(episode: Episode): Promise<void> {
    try {
      this.#saved = await episode.saveState();
    } catch {
      this.#saved = null;
      this.#episode = null;
      this.#pending = "worker-lost";
    }
  }
}
