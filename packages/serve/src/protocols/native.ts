import type { EpisodeState } from "@vla-pruner/core";
import { kindOf } from "../codec/numpy-array.ts";
import { pack } from "../codec/pack.ts";
import { refused } from "../codec/refused.ts";
import { unpackMap } from "../codec/unpack.ts";
import type { Fields } from "../codec/unpack.ts";
import { fromWire, toWire } from "../codec/wire-values.ts";
import { EXPLICIT } from "../episodes/types.ts";
import type { ServedEpisode } from "../episodes/served-episode.ts";
import { checkInput } from "../observation/check-input.ts";
import { counted } from "../server/call.ts";
import { clientError } from "../server/error-line.ts";
import type { ServeContext } from "../server/types.ts";
import type { Conversation, Message, Peer, SocketProtocol } from "./socket-protocol.ts";

/**
 * Our own protocol, behind `remotePolicy`: the whole interface of an episode, any number of episodes a connection,
 * answers in any order under the ids of their questions. An episode outlives its connection for a while.
 */
export const native: SocketProtocol = {
  path: "/vla-pruner",
  open: (context, peer) => new NativeConversation(context, peer),
};

class NativeConversation implements Conversation {
  readonly session: string;
  readonly #context: ServeContext;
  readonly #peer: Peer;
  readonly #calls = new Map<number, AbortController>();

  constructor(context: ServeContext, peer: Peer) {
    this.#context = context;
    this.#peer = peer;
    this.session = context.sessions.nameFor("remote");
    peer.signal.addEventListener("abort", () => {
      for (const call of this.#calls.values()) call.abort();
    });
  }

  /** Answers when it can, and hears on at once: calls of several episodes wait for each other at the policy alone. */
  async hear({ data, text, arrived }: Message): Promise<void> {
    if (text) throw refused("a binary message", "text", "send msgpack");
    const question = unpackMap(data);
    const { id } = question;
    if (typeof id !== "number") throw refused("id: a number", kindOf(id), "number the questions");
    const call = new AbortController();
    this.#calls.set(id, call);
    const done = this.#answer(question, call.signal, arrived).then(
      (result) => this.#say({ id, result: toWire(result) }),
      (error: unknown) => this.#say({ id, error: clientError(error).toJSON() }),
    );
    void done.finally(() => this.#calls.delete(id));
  }

  fail(error: unknown): void {
    this.#say({ id: -1, error: clientError(error).toJSON() });
  }

  async #answer(question: Fields, signal: AbortSignal, arrived: number): Promise<unknown> {
    const { facts, options } = this.#context;
    const { architecture, layout } = facts;
    switch (question["method"]) {
      case "hello":
        return { architecture, layout, about: options.about ?? {} };
      case "cancel":
        this.#calls.get(Number(question["call"]))?.abort();
        return null;
      case "start": {
        const known = this.#context.sessions.has(keyOf(question));
        this.#session(question);
        return { resumed: known };
      }
      case "act":
        return this.#act(question, signal, arrived);
      case "reset":
        this.#session(question).restart("reset");
        return null;
      case "save":
        return this.#session(question).saveState(signal);
      case "restore":
        await this.#session(question).restoreState(fromWire(question["state"]) as EpisodeState, signal);
        return null;
      case "end":
        this.#context.sessions.leave(keyOf(question));
        return null;
      default:
        throw refused(
          "a method of an episode",
          kindOf(question["method"]),
          "use remotePolicy of this version",
        );
    }
  }

  async #act(question: Fields, signal: AbortSignal, arrived: number): Promise<unknown> {
    const call = { protocol: "vla-pruner", session: this.session, arrived };
    const { result } = await counted(this.#context, call, async () => {
      const observation = checkInput(fromWire(question["observation"]));
      const prompt = observation.instruction ?? "";
      return this.#session(question).act({ observation, prompt, arrived, signal });
    });
    return result;
  }

  #session(question: Fields): ServedEpisode {
    return this.#context.sessions.enter(keyOf(question), "remote", EXPLICIT, "session", false);
  }

  #say(answer: Fields): void {
    if (!this.#peer.signal.aborted) this.#peer.send(pack(answer, "openpi"));
  }
}

/** Clients choose names that nobody guesses: they are all that is needed to go on with an episode. */
function keyOf({ episode }: Fields): string {
  if (typeof episode === "string" && episode.length >= 16 && episode.length <= 80) return `remote ${episode}`;
  throw refused("episode: a name of 16 to 80 characters", kindOf(episode), "use remotePolicy");
}
