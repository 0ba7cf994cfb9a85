import { ActionQueue } from "@vla-pruner/core";
import { pack, vector } from "../codec/pack.ts";
import { refused } from "../codec/refused.ts";
import { isFields, unpackMap } from "../codec/unpack.ts";
import type { Fields } from "../codec/unpack.ts";
import { EXPLICIT } from "../episodes/types.ts";
import type { ServedEpisode } from "../episodes/served-episode.ts";
import type { ServedStep } from "../episodes/types.ts";
import { serveCall } from "../server/call.ts";
import { errorLine } from "../server/error-line.ts";
import type { ServeContext } from "../server/types.ts";
import { replyFields } from "./reply-fields.ts";
import type { Conversation, Message, Peer, SocketProtocol } from "./socket-protocol.ts";

/** vla-eval's protocol: the client speaks first, says when an episode begins, and takes one action an observation. */
export const vlaEval: SocketProtocol = {
  path: "/vla-eval",
  open: (context, peer) => new VlaEvalConversation(context, peer),
};

class VlaEvalConversation implements Conversation {
  readonly session: string;
  readonly #context: ServeContext;
  readonly #peer: Peer;
  readonly #episode: ServedEpisode;
  readonly #actions: ActionQueue;
  /** What the queue calls with. */
  #asked: { readonly fields: Fields; readonly arrived: number } = { fields: {}, arrived: 0 };
  #step: ServedStep | null = null;
  #previousMs = 0;
  #seq: unknown = 0;

  constructor(context: ServeContext, peer: Peer) {
    this.#context = context;
    this.#peer = peer;
    this.#episode = context.sessions.enter(peer.key, "vla-eval", EXPLICIT, "connection", true);
    this.session = this.#episode.name;
    const { execute } = context.options;
    this.#actions = new ActionQueue(
      { act: async () => (await this.#call()).result },
      { ...(execute && { execute }) },
    );
  }

  async hear({ data, text, arrived }: Message): Promise<void> {
    this.#seq = 0;
    if (text) throw refused("a binary message", "text", "send msgpack");
    const message = unpackMap(data);
    this.#seq = message["seq"] ?? 0;
    const payload = isFields(message["payload"]) ? message["payload"] : {};
    switch (message["type"]) {
      case "hello":
        return this.#say("hello", {
          harness_version: "0",
          protocol_version: 1,
          model_server: "vla-pruner",
          capabilities: {},
          ...this.#context.metadata,
        });
      case "episode_start":
        this.#episode.restart("episode-start");
        return this.#actions.clear();
      case "episode_end":
        return this.#actions.clear();
      case "observation":
        return this.#observe(payload, arrived);
      default:
        throw refused(
          "type: hello, episode_start, observation or episode_end",
          JSON.stringify(message["type"] ?? null).slice(0, 60),
          "send one of these",
        );
    }
  }

  fail(error: unknown): void {
    this.#say("error", { error: errorLine(error) });
  }

  async #observe(fields: Fields, arrived: number): Promise<void> {
    this.#asked = { fields, arrived };
    const { action } = await this.#actions.next(() => ({}));
    const totalMs = performance.now() - arrived;
    const rest = this.#step === null ? {} : replyFields(this.#step, totalMs, this.#previousMs);
    this.#previousMs = totalMs;
    this.#say("action", { actions: vector(action), ...rest });
  }

  async #call(): Promise<ServedStep> {
    const { fields, arrived } = this.#asked;
    const [session, signal] = [this.#episode, this.#peer.signal];
    this.#step = await serveCall(this.#context, { protocol: "vla-eval", session, fields, arrived, signal });
    return this.#step;
  }

  #say(type: string, payload: Fields): void {
    const message = { type, payload, seq: this.#seq, timestamp: Date.now() / 1000 };
    this.#peer.send(pack(message, "vla-eval"));
  }
}
