import { VlaPrunerError } from "@vla-pruner/format";
import type { Policy } from "../../policy/policy.ts";
import { WorkQueue } from "../../policy/work-queue.ts";
import { failureOf } from "../failure.ts";
import { FORWARDED_EVENTS } from "../messages.ts";
import type { Question, Questions, ToWorker } from "../messages.ts";
import { HostedEpisode } from "./hosted-episode.ts";
import { loadSetup, prunerOf } from "./load-setup.ts";
import type { WorkerPort } from "./worker-port.ts";

/** The side of the model: loads a policy and does what the other side asks. */
export class PolicyHost {
  readonly #port: WorkerPort;
  readonly #episodes = new Map<number, HostedEpisode>();
  /** Steps of all episodes, one after another: two at once would only make both late. */
  readonly #steps = new WorkQueue();
  #policy: Policy | undefined;
  #wanted: readonly string[] = [];

  private constructor(port: WorkerPort) {
    this.#port = port;
  }

  static serve(port: WorkerPort): void {
    const host = new PolicyHost(port);
    port.listen((message) => host.#hear(message));
  }

  #hear(message: ToWorker): void {
    if (message.kind === "halt") for (const episode of this.#episodes.values()) episode.cancel();
    else if (message.kind === "commit" || message.kind === "cancel")
      for (const episode of this.#episodes.values()) episode.settle(message);
    else {
      const { id } = message;
      this.#answer(message).then(
        (value) => this.#port.post({ kind: "done", id, value }),
        (error: unknown) => this.#port.post({ kind: "failed", id, failure: failureOf(error) }),
      );
    }
  }

  async #answer(question: Question & { readonly id: number }): Promise<Questions[keyof Questions]["gives"]> {
    switch (question.kind) {
      case "load":
        return this.#port.whileBusy(() => this.#load(question));
      case "start":
        return this.#start(question);
      case "act":
        this.#wanted = question.events;
        return this.#port.whileBusy(() => this.#episode(question).act(question, this.#steps));
      case "dispose":
        return this.#port.whileBusy(async () => {
          await this.#policy?.dispose();
          return null;
        });
      default:
        return this.#quick(question);
    }
  }

  async #load({ setup }: Questions["load"]["asks"]): Promise<Questions["load"]["gives"]> {
    const policy = await loadSetup(setup, (info) => this.#port.post({ kind: "progress", info }));
    for (const name of FORWARDED_EVENTS) {
      policy.events.on(name, (event) => {
        if (this.#wanted.includes(name)) this.#port.post({ kind: "event", name, event });
      });
    }
    this.#policy = policy;
    const { architecture, layout } = policy.adapter;
    return { architecture, layout };
  }

  async #start({ episode, name, pruner }: Questions["start"]["asks"]): Promise<Questions["start"]["gives"]> {
    const own = pruner === null ? {} : { pruner: await prunerOf(pruner) };
    const hosted = new HostedEpisode(this.#port, this.#loaded, { id: name, ...own });
    this.#episodes.set(episode, hosted);
    return hosted.save();
  }

  /** What takes no run. */
  async #quick(question: Extract<Question, { kind: "reset" | "restore" | "end" | "example" }>) {
    if (question.kind === "example") return this.#loaded.adapter.exampleObservation(question.seed);
    if (question.kind === "reset") return this.#episode(question).reset(question);
    if (question.kind === "restore") return this.#episode(question).restore(question);
    this.#episodes.delete(question.episode);
    return null;
  }

  #episode({ episode }: { readonly episode: number }): HostedEpisode {
    const found = this.#episodes.get(episode);
    if (found !== undefined) return found;
    throw new VlaPrunerError("disposed", {
      expected: "an episode that goes on",
      found: "one that was ended",
      fix: "start another one",
    });
  }

  get #loaded(): Policy {
    if (this.#policy !== undefined) return this.#policy;
    throw new VlaPrunerError("internal", {
      expected: "a policy that is loaded before it is asked for anything",
      found: "none",
      fix: "report this",
    });
  }
}
