import type { Episode, EpisodeState, ObservationInput, StepOptions, StepResult } from "@vla-pruner/core";
import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import type { Questions } from "../protocols/native-messages.ts";
import { inTime } from "./in-time.ts";
import { ownPixels } from "./own-pixels.ts";
import type { RemoteLink } from "./remote-link.ts";

export interface RemoteStepOptions extends StepOptions {
  /** Milliseconds from this call to its action. Default: the remote policy's own. */
  readonly deadline?: number;
}

export interface RemoteEpisodeParts {
  readonly id: string;
  readonly link: RemoteLink;
  readonly deadline: number | undefined;
  readonly onForgotten: (episode: string) => void;
}

/** An episode whose model and memory are on a server. It is found again after a connection that broke. */
export class RemoteEpisode implements Episode {
  readonly id: string;
  readonly #parts: RemoteEpisodeParts;
  /** Its name on the server: nobody guesses it. */
  readonly #key = globalThis.crypto.randomUUID();
  #generation = 0;
  #begun = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: RemoteEpisodeParts) {
    this.id = parts.id;
    this.#parts = parts;
  }

  /**
   * @throws `server-unreachable` where the connection cannot be made, or breaks; `deadline-exceeded`, `cancelled`; what
   * a step throws. The memory is then as it was before, unless the answer alone was lost.
   */
  act(observation: ObservationInput, options: RemoteStepOptions = {}): Promise<StepResult> {
    checkOptions("act", options, ["signal", "deadline"]);
    const { link, deadline: usual } = this.#parts;
    const { signal, deadline = usual } = options;
    let sent: number | null = null;
    const call = this.#next(async (alive) => {
      const pixels = await ownPixels(observation);
      if (!alive()) throw givenUp();
      const result = await this.#ask("act", { observation: pixels }, (id) => {
        sent = id;
        if (!alive()) link.tell("cancel", { call: id });
      });
      this.#begun = true;
      return { ...result, episode: this.id };
    });
    return inTime(call, { signal, deadline }, () => {
      if (sent !== null) link.tell("cancel", { call: sent });
    });
  }

  async reset(): Promise<void> {
    await this.#next(() => this.#ask("reset", {}));
  }

  saveState(): Promise<EpisodeState> {
    return this.#next(() => this.#ask("save", {}));
  }

  async restoreState(state: EpisodeState): Promise<void> {
    await this.#next(() => this.#ask("restore", { state }));
    this.#begun = true;
  }

  /** Lets the server forget it. */
  async end(): Promise<void> {
    await this.#next(() => this.#ask("end", {}));
  }

  /** What is asked of one episode has its turn after what was asked before. */
  #next<Result>(work: (alive: () => boolean) => Promise<Result>): CancellableCall<Result> {
    let wanted = true;
    const result = this.#turn.then(() => {
      if (!wanted) throw givenUp();
      return work(() => wanted);
    });
    this.#turn = result.catch(() => undefined);
    return Object.assign(result, { giveUp: () => void (wanted = false) });
  }

  async #ask<Kind extends "act" | "reset" | "save" | "restore" | "end">(
    method: Kind,
    asks: Omit<Questions[Kind]["asks"], "episode">,
    onSent?: (id: number) => void,
  ): Promise<Questions[Kind]["gives"]> {
    const { link, onForgotten } = this.#parts;
    await link.connect();
    if (this.#generation !== link.generation) {
      const { generation } = link;
      const { resumed } = await link.ask("start", { episode: this.#key, begun: this.#begun });
      if (this.#begun && !resumed) onForgotten(this.id);
      this.#generation = generation;
    }
    return link.ask(method, { episode: this.#key, ...asks }, onSent);
  }
}

/** A call that need not begin. */
export interface CancellableCall<Result> extends Promise<Result> {
  readonly giveUp: () => void;
}

function givenUp(): VlaPrunerError {
  return new VlaPrunerError("cancelled", {
    expected: "a call that is wanted",
    found: "one that was given up",
    fix: "call again",
  });
}
