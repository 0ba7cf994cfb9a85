import { VlaPrunerError } from "@vla-pruner/format";
import { errorOf } from "./failure.ts";
import type { Link, OpenLink } from "./link/link.ts";
import type { FromWorker, Question, Questions } from "./messages.ts";

interface Asked {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly ready: (() => void) | undefined;
}

type Told = Extract<FromWorker, { kind: "progress" | "event" }>;

/** Asks one worker, and gives each answer to who asked. When the worker ends by itself, all that was asked fails. */
export class WorkerClient {
  readonly #link: Link;
  readonly #asked = new Map<number, Asked>();
  #ids = 0;
  #stopping = false;
  #lost: VlaPrunerError | undefined;

  /**
   * @param told what comes unasked
   * @param lost called when the worker ends by itself
   */
  constructor(open: OpenLink, told: (message: Told) => void, lost: (error: VlaPrunerError) => void) {
    this.#link = open({
      heard: (message) => {
        if (message.kind === "progress" || message.kind === "event") told(message);
        else this.#heard(message);
      },
      ended: (how) => this.#ended(how, lost),
    });
    this.#link.hold(false);
  }

  /**
   * @param ready called when a step has its action and waits for word
   * @throws (rejects) what the worker answers, `worker-lost`
   */
  ask<Kind extends keyof Questions>(
    kind: Kind,
    asks: Questions[Kind]["asks"],
    { transfer = [], ready }: { transfer?: readonly ArrayBuffer[]; ready?: (id: number) => void } = {},
  ): { readonly id: number; readonly answer: Promise<Questions[Kind]["gives"]> } {
    this.#ids += 1;
    const id = this.#ids;
    const answer = new Promise<Questions[Kind]["gives"]>((resolve, reject) => {
      if (this.#lost !== undefined) throw this.#lost;
      this.#link.post({ ...({ kind, ...asks } as Extract<Question, { kind: Kind }>), id }, transfer);
      this.#asked.set(id, { resolve, reject, ready: ready && (() => ready(id)) });
      this.#link.hold(true);
    });
    return { id, answer };
  }

  tell(kind: "commit" | "cancel", id: number): void {
    if (this.#lost === undefined) this.#link.post({ kind, id }, []);
  }

  /** Lets the worker finish and free what it holds, then ends it. */
  async stop(): Promise<void> {
    if (this.#lost !== undefined) return;
    await this.ask("dispose", {}).answer.catch(() => undefined);
    this.#stopping = true;
    await this.#link.stop();
  }

  /** Ends it at once where that is safe, else as `stop`. */
  async kill(): Promise<void> {
    if (this.#lost !== undefined) return;
    this.#stopping = true;
    if (await this.#link.kill()) return;
    this.#stopping = false;
    await this.stop();
  }

  #heard(message: Exclude<FromWorker, Told>): void {
    const asked = this.#asked.get(message.id);
    if (asked === undefined) return;
    if (message.kind === "ready") {
      asked.ready?.();
      return;
    }
    this.#asked.delete(message.id);
    if (this.#asked.size === 0) this.#link.hold(false);
    if (message.kind === "done") asked.resolve(message.value as never);
    else asked.reject(errorOf(message.failure));
  }

  #ended(how: string, lost: (error: VlaPrunerError) => void): void {
    if (this.#lost !== undefined) return;
    this.#lost = new VlaPrunerError("worker-lost", {
      expected: "a worker that goes on",
      found: `its end: ${how}`,
      fix: "call restart(); episodes go on from their last completed call",
    });
    for (const { reject } of this.#asked.values()) reject(this.#lost);
    this.#asked.clear();
    if (!this.#stopping) lost(this.#lost);
  }
}
