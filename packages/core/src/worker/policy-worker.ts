import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import { PolicyEmitter } from "../events.ts";
import type { EpisodeState } from "../memory/episode-memory.ts";
import type { ObservationInput } from "../observation.ts";
import type { Episode } from "../policy/episode.ts";
import type { StepResult } from "../policy/step-result.ts";
import { WorkGate } from "../policy/work-gate.ts";
import type { ModelLayout } from "../vla-adapter.ts";
import { connect } from "./connect.ts";
import type { Connected } from "./connect.ts";
import type { WorkerSetup } from "./messages.ts";
import type { WorkerClient } from "./worker-client.ts";
import { WorkerEpisode } from "./worker-episode.ts";
import type { WorkerStepOptions } from "./worker-episode.ts";
import { prunerSetup, setupOf } from "./worker-options.ts";
import type { PolicyWorkerOptions, PrunerChoice } from "./worker-options.ts";

/** What an episode in a worker has of its own. */
export interface WorkerEpisodeOptions {
  /** Names it in events and results; `episode-2` … where absent. */
  readonly id?: string;
  /** In place of the policy's. */
  readonly pruner?: PrunerChoice;
}

/**
 * Loads a policy in a worker, beside the control loop: a model's `run()` blocks the thread that it is in.
 *
 * @param model a model directory, or a Hugging Face Hub id
 * @throws as `loadPolicy`, `plugin-invalid`, `worker-lost`
 */
export async function policyWorker(model: string, options: PolicyWorkerOptions): Promise<PolicyWorker> {
  const setup = setupOf(model, options);
  const events = new PolicyEmitter();
  const worker = new PolicyWorker(setup, options, events, await connect(setup, options, events));
  await worker.startOwn();
  return worker;
}

/** A policy in a worker: an episode, the first of its own, and as many others as wanted. */
export class PolicyWorker implements Episode {
  /** As a policy's; what nobody listens to does not cross. */
  readonly events: PolicyEmitter;
  readonly architecture: string;
  readonly layout: ModelLayout;
  readonly #setup: WorkerSetup;
  readonly #options: PolicyWorkerOptions;
  readonly #gate = new WorkGate("policy worker");
  readonly #episodes = new Set<WorkerEpisode>();
  #client: WorkerClient;
  #started = 0;
  #own!: WorkerEpisode;
  #restarting: Promise<void> = Promise.resolve();
  #disposing: Promise<void> | undefined;

  /** @internal */
  constructor(setup: WorkerSetup, options: PolicyWorkerOptions, events: PolicyEmitter, connected: Connected) {
    const { client, facts } = connected;
    this.events = events;
    this.architecture = facts.architecture;
    this.layout = facts.layout;
    this.#setup = setup;
    this.#options = options;
    this.#client = client;
  }

  /** @internal */
  async startOwn(): Promise<void> {
    this.#own = await this.startEpisode();
  }

  get id(): string {
    return this.#own.id;
  }

  /**
   * A fresh episode: shares the model, shares no memory with any other. Steps of several episodes take turns.
   *
   * @throws `disposed`, `invalid-option`, `plugin-invalid`, `worker-lost`
   */
  async startEpisode(given: WorkerEpisodeOptions = {}): Promise<WorkerEpisode> {
    checkOptions("startEpisode", given, ["id", "pruner"]);
    this.#gate.assertOpen();
    this.#started += 1;
    const { frames = "transfer", waiting = "newest", deadline } = this.#options;
    const episode = await WorkerEpisode.start({
      key: this.#started,
      id: given.id ?? `episode-${this.#started}`,
      pruner: given.pruner === undefined ? null : prunerSetup(given.pruner),
      client: () => this.#client,
      events: this.events,
      gate: this.#gate,
      ended: () => this.#episodes.delete(episode),
      frames,
      waiting,
      deadline,
    });
    this.#episodes.add(episode);
    return episode;
  }

  act(observation: ObservationInput, options?: WorkerStepOptions): Promise<StepResult> {
    return this.#own.act(observation, options);
  }

  reset(): Promise<void> {
    return this.#own.reset();
  }

  saveState(): Promise<EpisodeState> {
    return this.#own.saveState();
  }

  restoreState(state: EpisodeState): Promise<void> {
    return this.#own.restoreState(state);
  }

  /** A made-up observation of the right shapes, the same for the same seed: to warm up with. */
  async exampleObservation(seed: number): Promise<ObservationInput> {
    this.#gate.assertOpen();
    return this.#client.ask("example", { seed }).answer;
  }

  /**
   * Another worker in place of one that was lost, or that does not come back. A process is killed; a thread is waited
   * for, since it cannot be. Episodes go on from their last completed call.
   *
   * @throws as `policyWorker`
   */
  async restart(): Promise<void> {
    this.#gate.assertOpen();
    const restarted = this.#restart();
    this.#restarting = restarted.catch(() => undefined);
    return restarted;
  }

  async #restart(): Promise<void> {
    await this.#client.kill();
    const { client } = await connect(this.#setup, this.#options, this.events);
    this.#client = client;
    for (const episode of this.#episodes) await episode.moveTo(client);
  }

  /**
   * Frees the model and ends the worker, after the steps that were asked for before. Later steps are refused with
   * `disposed`.
   *
   * @param how `cancel`: gives up the steps that were asked for; only a run under way is waited for, since breaking it
   * off would abort the whole process
   */
  dispose(how: { readonly cancel?: boolean } = {}): Promise<void> {
    checkOptions("dispose", how, ["cancel"]);
    if (how.cancel === true) for (const episode of this.#episodes) episode.giveUp(ending());
    this.#disposing ??= this.#gate
      .close()
      .then(() => this.#restarting)
      .then(() => this.#client.stop());
    return this.#disposing;
  }
}

function ending(): VlaPrunerError {
  return new VlaPrunerError("cancelled", {
    expected: "a control step that runs to its end",
    found: "a policy worker that is disposed",
    fix: "stop the loop before you dispose of its policy",
  });
}
