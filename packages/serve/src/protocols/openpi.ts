import { matrix, pack } from "../codec/pack.ts";
import { refused } from "../codec/refused.ts";
import { unpackMap } from "../codec/unpack.ts";
import type { Fields } from "../codec/unpack.ts";
import { EXPLICIT } from "../episodes/types.ts";
import type { EpisodeRules } from "../episodes/types.ts";
import type { ServedEpisode } from "../episodes/served-episode.ts";
import { serveCall } from "../server/call.ts";
import { errorLine } from "../server/error-line.ts";
import type { ServeContext } from "../server/types.ts";
import { replyFields } from "./reply-fields.ts";
import type { Conversation, Message, Peer, SocketProtocol } from "./socket-protocol.ts";

/** Names of an observation that are for the server. */
const WORDS: readonly string[] = ["reset", "endpoint", "session_id", "env_id", "request_id"];

/**
 * openpi's websocket protocol: the server speaks first, then every binary message is an observation and every answer
 * a chunk. An error is a text; the connection stays. RoboArena's clients add `endpoint` and `session_id`.
 */
export const openpi: SocketProtocol = {
  path: "/",
  open(context, peer) {
    const rules: EpisodeRules = { prompt: true, gap: context.gap };
    const conversation = new OpenpiConversation(context, peer, rules);
    peer.send(pack(context.metadata, "openpi"));
    return conversation;
  },
};

class OpenpiConversation implements Conversation {
  readonly session: string;
  readonly #context: ServeContext;
  readonly #peer: Peer;
  readonly #rules: EpisodeRules;
  readonly #own: ServedEpisode;
  #previousMs = 0;
  /** A client with an `endpoint` says itself when an episode begins. */
  #explicit = false;

  constructor(context: ServeContext, peer: Peer, rules: EpisodeRules) {
    this.#context = context;
    this.#peer = peer;
    this.#rules = rules;
    this.#own = context.sessions.enter(peer.key, "openpi", rules, "connection", true);
    this.session = this.#own.name;
  }

  async hear({ data, text, arrived }: Message): Promise<void> {
    if (text) throw refused("a binary message", "text", "send msgpack with arrays of numpy's");
    const fields = unpackMap(data);
    const session = this.#sessionOf(fields);
    const endpoint = fields["endpoint"];
    if (endpoint === "reset") {
      session.restart("endpoint");
      this.#peer.send("reset successful");
      return;
    }
    if (endpoint !== undefined && endpoint !== "infer")
      throw refused("endpoint: infer or reset", JSON.stringify(endpoint).slice(0, 60), "correct it");
    if (flagOf(fields["reset"])) session.restart("reset");
    const seen = Object.entries(fields).filter(([name]) => !WORDS.includes(name));
    const step = await serveCall(this.#context, {
      protocol: "openpi",
      session,
      fields: Object.fromEntries(seen),
      arrived,
      signal: this.#peer.signal,
    });
    const totalMs = performance.now() - arrived;
    const request = fields["request_id"];
    this.#peer.send(
      pack(
        {
          actions: matrix(step.result.actions),
          ...replyFields(step, totalMs, this.#previousMs),
          ...((typeof request === "string" || typeof request === "number") && { request_id: request }),
        },
        "openpi",
      ),
    );
    this.#previousMs = totalMs;
  }

  fail(error: unknown): void {
    this.#peer.send(errorLine(error));
  }

  /** The connection's own, or one of those that it names. */
  #sessionOf(fields: Fields): ServedEpisode {
    if (fields["endpoint"] !== undefined && !this.#explicit) {
      this.#explicit = true;
      this.#own.follow(EXPLICIT);
    }
    const name = fields["session_id"] ?? fields["env_id"];
    if (name === undefined || name === null) return this.#own;
    if (typeof name !== "string" && typeof name !== "number")
      throw refused("session_id: a text or a number", typeof name, "send one a robot");
    const rules = this.#explicit ? EXPLICIT : this.#rules;
    const key = `${this.#peer.key}/${String(name).slice(0, 200)}`;
    return this.#context.sessions.enter(key, "openpi", rules, "session", false);
  }
}

function flagOf(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0) return false;
  if (value === true || value === 1) return true;
  throw refused("reset: true or false", typeof value, "send a bool");
}
