import { VlaPrunerError } from "@vla-pruner/format";
import type { PolicyFacts } from "../policy-facts.ts";
import type { PolicyHost, StartHost } from "../policy-host.ts";

/** Milliseconds before a lost policy is loaded again, after the first time. */
const PAUSE = 2000;
/** Milliseconds that a policy must live for the next loss to count as the first. */
const STEADY = 30_000;

/** What runs when its turn comes. `deliver` answers whoever waits; the lane is busy until the job ends. */
export type LaneJob<Result> = (
  host: PolicyHost,
  generation: number,
  deliver: (result: Result) => void,
) => Promise<void>;

/** One policy and the calls that wait for it, one after the other. A policy that is lost is loaded again. */
export class Lane {
  readonly #start: StartHost;
  readonly #onLost: (reason: VlaPrunerError) => void;
  readonly #waiting = new Set<() => void>();
  #host: Promise<PolicyHost>;
  #turn: Promise<void> = Promise.resolve();
  #generation = 0;
  #since = 0;
  #up = true;
  #closed = false;
  /** Episodes that were given to this lane. */
  episodes = 0;

  private constructor(host: PolicyHost, start: StartHost, onLost: (reason: VlaPrunerError) => void) {
    this.#start = start;
    this.#onLost = onLost;
    this.#host = Promise.resolve(host);
    this.#watch(host);
  }

  static async open(start: StartHost, onLost: (reason: VlaPrunerError) => void): Promise<Lane> {
    return new Lane(await start(), start, onLost);
  }

  /** Whether its policy is loaded. */
  get up(): boolean {
    return this.#up;
  }

  /** What is known of its policy. */
  async facts(): Promise<PolicyFacts> {
    return (await this.#host).facts;
  }

  /** Calls that wait, the one that runs not counted. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Runs a job when those before it are done. Aborted before its turn, it never runs.
   *
   * @throws `cancelled`, the reason for a policy that is lost while the job runs, what the job throws
   */
  run<Result>(job: LaneJob<Result>, signal: AbortSignal): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const drop = (): void => {
        if (this.#waiting.delete(drop)) reject(cancelled());
      };
      if (signal.aborted) {
        reject(cancelled());
        return;
      }
      this.#waiting.add(drop);
      signal.addEventListener("abort", drop, { once: true });
      this.#turn = this.#turn.then(async () => {
        signal.removeEventListener("abort", drop);
        if (!this.#waiting.delete(drop)) return;
        try {
          const host = await this.#host;
          const work = job(host, this.#generation, resolve);
          await (host.lost === undefined ? work : Promise.race([work, host.lost.then(raise)]));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const drop of this.#waiting) drop();
    await this.#turn;
    await this.#host.then((host) => host.dispose(), ignore);
  }

  #watch(host: PolicyHost): void {
    this.#since = performance.now();
    void host.lost?.then((reason) => {
      if (this.#closed) return;
      this.#up = false;
      this.#generation += 1;
      this.#onLost(reason);
      const steady = performance.now() - this.#since > STEADY || this.#generation === 1;
      this.#host = this.#again(steady ? 0 : PAUSE);
      this.#host.catch(ignore);
    });
  }

  async #again(pause: number): Promise<PolicyHost> {
    for (let wait = pause; ; wait = PAUSE) {
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait).unref());
      if (this.#closed) throw cancelled();
      try {
        const host = await this.#start();
        this.#up = true;
        this.#watch(host);
        return host;
      } catch (error) {
        this.#onLost(VlaPrunerError.is(error) ? error : notLoaded());
      }
    }
  }
}

function raise(reason: VlaPrunerError): never {
  throw reason;
}

function ignore(): void {
  // Told elsewhere.
}

function cancelled(): VlaPrunerError {
  return new VlaPrunerError("cancelled", {
    expected: "somebody who waits for the action",
    found: "a call that was given up",
    fix: "call again",
  });
}

function notLoaded(): VlaPrunerError {
  return new VlaPrunerError("session-failed", {
    expected: "the policy to be loaded again",
    found: "an error",
    fix: "see the server's log, or restart it",
  });
}
