import { pack } from "../codec/pack.ts";
import { refused } from "../codec/refused.ts";
import { isFields, unpackMap } from "../codec/unpack.ts";
import type { Fields } from "../codec/unpack.ts";
import { EXPLICIT } from "../episodes/types.ts";
import type { ServedEpisode } from "../episodes/served-episode.ts";
import { serveCall } from "../server/call.ts";
import { errorLine } from "../server/error-line.ts";
import type { ServeContext } from "../server/types.ts";
import { namedAction } from "./action-keys.ts";
import { replyFields } from "./reply-fields.ts";
import type { Conversation, Message, Peer, SocketProtocol } from "./socket-protocol.ts";

/** XPolicyLab's protocol: the client speaks first; every frame has an answer that repeats its id. */
export const xpolicylab: SocketProtocol = {
  path: "/xpolicylab",
  open: (context, peer) => new XPolicyLabConversation(context, peer),
};

/** Frames that only want to be answered. */
const ANSWERS: Readonly<Record<string, string>> = {
  hello: "hello_ack",
  prepare_case: "prepare_case_ack",
  reset: "reset_result",
  trial_end: "trial_end_ack",
  heartbeat: "heartbeat_ack",
};

class XPolicyLabConversation implements Conversation {
  readonly session: string;
  readonly #context: ServeContext;
  readonly #peer: Peer;
  readonly #episode: ServedEpisode;
  #frame: Fields = {};
  #trial: unknown = null;
  #previousMs = 0;

  constructor(context: ServeContext, peer: Peer) {
    this.#context = context;
    this.#peer = peer;
    this.#episode = context.sessions.enter(peer.key, "xpolicylab", EXPLICIT, "connection", true);
    this.session = this.#episode.name;
  }

  async hear({ data, text, arrived }: Message): Promise<void> {
    this.#frame = {};
    if (text) throw refused("a binary message", "text", "send msgpack with arrays of msgpack-numpy");
    this.#frame = unpackMap(data);
    const type = this.#frame["message_type"];
    const trial = this.#frame["trial_id"] ?? null;
    if (type === "close") return;
    if (type === "reset" || (type === "infer" && trial !== null && trial !== this.#trial)) {
      this.#episode.restart("trial");
      this.#trial = trial;
    }
    if (type === "infer") return this.#infer(arrived);
    const answer = typeof type === "string" && Object.hasOwn(ANSWERS, type) ? ANSWERS[type] : undefined;
    if (answer === undefined)
      throw refused(
        `message_type: infer, close, ${Object.keys(ANSWERS).join(", ")}`,
        JSON.stringify(type ?? null).slice(0, 60),
        "send one of these",
      );
    this.#say(answer, type === "hello" ? { ...this.#context.metadata } : {});
  }

  fail(error: unknown): void {
    const code = this.#frame["message_type"] === "infer" ? "infer_failed" : "invalid_frame";
    this.#say("error", { code, message: errorLine(error), details: {} });
  }

  async #infer(arrived: number): Promise<void> {
    const payload = this.#frame["payload"];
    const observation = isFields(payload) ? payload["observation"] : undefined;
    if (!isFields(observation)) throw refused("payload.observation: a map", "none", "send an observation");
    const step = await serveCall(this.#context, {
      protocol: "xpolicylab",
      session: this.#episode,
      fields: fieldsOf(observation),
      arrived,
      signal: this.#peer.signal,
    });
    const { actionKeys } = this.#context.options;
    const totalMs = performance.now() - arrived;
    this.#say("infer_result", {
      actions: step.result.actions.map((action) => namedAction(action, actionKeys)),
      latency_ms: totalMs,
      ...replyFields(step, totalMs, this.#previousMs),
    });
    this.#previousMs = totalMs;
  }

  #say(type: string, payload: Fields): void {
    const { message_id, evaluation_id, action_case_id, trial_id, repeat_index, step } = this.#frame;
    const ids = { message_id, evaluation_id, action_case_id, trial_id, repeat_index, step: step ?? 0 };
    const sent = new Date().toISOString();
    this.#peer.send(pack({ message_type: type, ...ids, sent_at: sent, payload }, "msgpack-numpy"));
  }
}

/** Observation format v1.0: pictures are `vision.NAME.color`, the state is in parts. */
function fieldsOf({ vision, state, instruction }: Fields): Fields {
  const pictures = isFields(vision) ? Object.entries(vision) : [];
  const colours = pictures.flatMap(([name, camera]) =>
    isFields(camera) && camera["color"] !== undefined ? [[name, camera["color"]] as const] : [],
  );
  return {
    images: Object.fromEntries(colours),
    ...(isFields(state) && { parts: state }),
    ...(instruction !== undefined && { instruction }),
  };
}
