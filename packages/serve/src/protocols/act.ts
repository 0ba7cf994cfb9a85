import type { IncomingMessage } from "node:http";
import { VlaPrunerError } from "@vla-pruner/format";
import { readBody, writeBody } from "../codec/json-numpy.ts";
import { matrix, vector } from "../codec/pack.ts";
import { refused } from "../codec/refused.ts";
import type { Fields } from "../codec/unpack.ts";
import type { ServedEpisode } from "../episodes/served-episode.ts";
import type { ServedStep } from "../episodes/types.ts";
import { checkUnnormKey, serveCall } from "../server/call.ts";
import type { ServeContext } from "../server/types.ts";
import { replyFields } from "./reply-fields.ts";

/** Names of a body that are for the server, or for models of another kind. */
const WORDS: readonly string[] = ["session_id", "reset", "unnorm_key", "num_steps", "ctrl_freqs"];
const previous = new WeakMap<ServedEpisode, number>();

/** What an HTTP request is answered with. */
export interface HttpReply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * `POST /act`: OpenVLA's, OFT's and the bimanual bodies of json-numpy, each answered in its own form.
 *
 * @throws what reading and the policy throw; `server-busy` for two calls at once that nothing tells apart
 */
export async function act(
  context: ServeContext,
  request: IncomingMessage,
  body: string,
  signal: AbortSignal,
): Promise<HttpReply> {
  const arrived = performance.now();
  const { fields, twice } = readBody(body);
  checkUnnormKey(context, fields);
  const session = sessionOf(context, request, fields);
  if (session.busy > 0) throw twoAtOnce();
  if (fields["reset"] === true) session.restart("reset");
  const seen = Object.entries(fields).filter(([name]) => !WORDS.includes(name));
  const step = await serveCall(context, {
    protocol: "act",
    session,
    fields: Object.fromEntries(seen),
    arrived,
    signal,
  });
  const totalMs = performance.now() - arrived;
  const told = replyFields(step, totalMs, previous.get(session) ?? 0);
  previous.set(session, totalMs);
  return {
    status: 200,
    body: writeBody(replyFor(fields, step, told), twice),
    headers: {
      "server-timing": `infer;dur=${step.inferMs.toFixed(1)}, queue;dur=${step.queueMs.toFixed(1)}`,
      "x-vla-pruner": JSON.stringify(told["pruning"]),
    },
  };
}

/** `POST /reset`: the session's next call begins a new episode. @throws `observation-invalid` */
export function reset(context: ServeContext, request: IncomingMessage, body: string): HttpReply {
  const { fields } = body.trim() === "" ? { fields: {} } : readBody(body);
  sessionOf(context, request, fields).restart("endpoint");
  return { status: 200, body: JSON.stringify({ status: "reset successful" }) };
}

/** What each client expects, told by what only its body has. */
function replyFor(fields: Fields, { result }: ServedStep, told: Fields): unknown {
  const { actions } = result;
  if ("num_steps" in fields) return { actions: matrix(actions), dt_ms: 0, ...told }; // 0: no rate is advertised.
  if ("ctrl_freqs" in fields) return actions;
  if ("full_image" in fields) return actions.map(vector);
  if ("image" in fields) return vector(result.action);
  return { actions: matrix(actions), ...told };
}

/** By `session_id` in the body, the header `x-session-id`, else by the caller's address. */
function sessionOf(context: ServeContext, request: IncomingMessage, fields: Fields): ServedEpisode {
  const named = fields["session_id"] ?? request.headers["x-session-id"];
  if (named !== undefined && typeof named !== "string" && typeof named !== "number")
    throw refused("session_id: a text or a number", typeof named, "send one a robot");
  const key =
    named === undefined ? `address ${request.socket.remoteAddress}` : `id ${String(named).slice(0, 200)}`;
  return context.sessions.enter(`act ${key}`, "act", { prompt: true, gap: context.gap }, "session", false);
}

function twoAtOnce(): VlaPrunerError {
  return new VlaPrunerError("server-busy", {
    expected: "one call at a time of a session",
    found: "another one under way, from the same address or with the same session_id",
    fix: "send a session_id (or the header x-session-id) of its own for each robot",
  });
}
