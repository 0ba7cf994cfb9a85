import assert from "node:assert/strict";
import { MessageChannel } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import { ActionQueue, createPolicy, VlaPrunerError, vlaPruner } from "../../src/index.ts";
import type {
  Episode,
  EpisodeState,
  ObservationInput,
  StageMiddleware,
  StepOptions,
  StepResult,
} from "../../src/index.ts";
import { observe } from "../support/observations.ts";
import { outcome, play } from "../support/play.ts";

type Method = "act" | "reset" | "saveState" | "restoreState";
interface Question {
  readonly id: number;
  readonly method: Method | "abort";
  readonly given?: unknown;
}
interface Answer {
  readonly id: number;
  readonly result?: unknown;
  /** What `toJSON` of ours gave, or the message of a foreign error. */
  readonly error?: unknown;
}

/** The side of the model: a worker would do this. */
function serve(episode: Episode, port: MessagePort): void {
  const running = new Map<number, AbortController>();
  const answer = async ({ id, method, given }: Question): Promise<unknown> => {
    if (method === "abort") return running.get(given as number)?.abort();
    if (method === "reset") return episode.reset();
    if (method === "saveState") return episode.saveState();
    if (method === "restoreState") return episode.restoreState(given as EpisodeState);
    const controller = new AbortController();
    running.set(id, controller);
    return episode.act(given as ObservationInput, { signal: controller.signal });
  };
  port.on("message", (question: Question) => {
    answer(question).then(
      (result) => port.postMessage({ id: question.id, result } satisfies Answer),
      (error: unknown) => {
        const told = VlaPrunerError.is(error) ? error.toJSON() : String(error);
        port.postMessage({ id: question.id, error: told } satisfies Answer);
      },
    );
  });
}

/** The side of the robot: an episode that has no model. */
class RemoteEpisode implements Episode {
  readonly id = "remote";
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #asked = 0;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on("message", (answer: Answer) => this.#waiting.get(answer.id)?.(answer));
  }

  act(observation: ObservationInput, { signal }: StepOptions = {}): Promise<StepResult> {
    const id = this.#asked;
    const step = this.#ask("act", observation) as Promise<StepResult>;
    signal?.addEventListener("abort", () => void this.#ask("abort", id));
    return step;
  }

  async reset(): Promise<void> {
    await this.#ask("reset");
  }

  saveState(): Promise<EpisodeState> {
    return this.#ask("saveState") as Promise<EpisodeState>;
  }

  async restoreState(state: EpisodeState): Promise<void> {
    await this.#ask("restoreState", state);
  }

  async #ask(method: Question["method"], given?: unknown): Promise<unknown> {
    const id = this.#asked++;
    const { result, error } = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
      const question: Question = { id, method, given };
      this.#port.postMessage(question, []);
    });
    if (error === undefined) return result;
    throw VlaPrunerError.from(error) ?? new Error(JSON.stringify(error));
  }
}

describe("an episode behind messages", () => {
  const observations = [0, 1, 2, 3].map((index) => observe(index));
  const pruner = vlaPruner({ retention: 0.25, window: 2 });
  /** Lets messages arrive between stages, as a model that takes its time does. */
  const slow: StageMiddleware = {
    async every(_, next) {
      await new Promise((resolve) => setTimeout(resolve));
      return next();
    },
  };
  let channel: MessageChannel;
  let adapter: FakeAdapter;
  let remote: Episode;

  beforeEach(() => {
    channel = new MessageChannel();
    adapter = new FakeAdapter({ horizon: 2 });
    serve(
      createPolicy({ adapter, pruner, middleware: [slow] }).startEpisode({ id: "remote" }),
      channel.port1,
    );
    remote = new RemoteEpisode(channel.port2);
  });

  afterEach(() => channel.port1.close());

  const local = () =>
    createPolicy({ adapter: new FakeAdapter({ horizon: 2 }), pruner }).startEpisode({ id: "remote" });

  it("acts, forgets, saves and restores as one in this process does", async () => {
    const expected = (await play(local(), observations)).map(outcome);
    assert.deepEqual((await play(remote, observations)).map(outcome), expected);
    await remote.reset();
    await play(remote, observations.slice(0, 2));
    const state = await remote.saveState();
    await remote.reset();
    assert.deepEqual(await remote.saveState(), local().saveState());
    await remote.restoreState(state);
    assert.deepEqual((await play(remote, observations.slice(2))).map(outcome), expected.slice(2));
  });

  it("serves an action queue", async () => {
    const queue = new ActionQueue(remote, { execute: 1 });
    const near = new ActionQueue(local(), { execute: 1 });
    for (const observation of observations)
      assert.deepEqual(
        (await queue.next(() => observation)).action,
        (await near.next(() => observation)).action,
      );
  });

  it("fails as the one behind it does: code, words and marker cross, and foreign errors stay foreign", async () => {
    const nothing = remote.act({ images: {} });
    await assert.rejects(nothing, (error) => {
      assert.ok(hasCode("observation-invalid")(error) && error instanceof VlaPrunerError);
      assert.deepEqual(
        [error.expected, error.fix],
        ["an image of image", "name the cameras as the model does"],
      );
      return true;
    });
    await assert.rejects(
      async () => remote.restoreState({ step: -1, history: {} }),
      hasCode("state-invalid"),
    );
    adapter.faults.throwAt = "act";
    await assert.rejects(remote.act(observe(0)), (error) => {
      return !VlaPrunerError.is(error) && /fault injected at act/u.test(String(error));
    });
  });

  it("is cancelled across them, and then goes on", async () => {
    const controller = new AbortController();
    const steps = [
      remote.act(observe(0)),
      remote.act(observe(1), { signal: controller.signal }),
      remote.act(observe(1)),
    ];
    controller.abort();
    const [first, cancelled, last] = await Promise.allSettled(steps);
    assert.ok(cancelled?.status === "rejected" && hasCode("cancelled")(cancelled.reason));
    const expected = (await play(local(), observations.slice(0, 2))).map(outcome);
    assert.deepEqual(
      [first, last].map((step) => (step?.status === "fulfilled" ? outcome(step.value) : step)),
      expected,
    );
  });
});
