import type { IncomingMessage, ServerResponse } from "node:http";
import { act, reset } from "../protocols/act.ts";
import type { HttpReply } from "../protocols/act.ts";
import { errorLine, statusOf } from "./error-line.ts";
import { guard } from "./guard.ts";
import type { GuardOptions } from "./guard.ts";
import type { ServeContext } from "./types.ts";

type Route = (
  context: ServeContext,
  request: IncomingMessage,
  body: string,
  signal: AbortSignal,
) => HttpReply | Promise<HttpReply>;

const TEXT = { "content-type": "text/plain; charset=utf-8" };

function health({ metrics }: ServeContext): HttpReply {
  return metrics.healthy()
    ? { status: 200, body: "OK\n", headers: TEXT }
    : { status: 503, body: "the policy is being loaded again\n", headers: TEXT };
}

const ROUTES: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  "/healthz": { GET: health },
  "/health": { GET: health },
  "/act": { GET: health, POST: act },
  "/reset": { POST: reset },
  "/metadata": { GET: ({ metadata }) => ({ status: 200, body: JSON.stringify(metadata) }) },
  "/metrics": {
    GET: async ({ metrics }) => ({
      status: 200,
      body: await metrics.text(),
      headers: { "content-type": metrics.contentType },
    }),
  },
};

/** The path of a request, without what follows it. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?")[0] ?? "/";
}

/** Answers an HTTP request, whatever it is. */
export async function answer(
  context: ServeContext,
  guarded: GuardOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const reply = await replyTo(context, guarded, request, gone.signal);
  if (reply.status >= 400) context.metrics.refused(reply.status);
  if (response.destroyed) return;
  const { status, body, headers } = reply;
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
}

async function replyTo(
  context: ServeContext,
  guarded: GuardOptions,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<HttpReply> {
  const path = pathOf(request);
  const refusal = guard(request, path, guarded);
  if (refusal !== null) return failure(refusal.status, `refused: ${refusal.why}`);
  const methods = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (methods === undefined)
    return failure(404, `usage: expected a path among ${Object.keys(ROUTES).join(", ")}`);
  const { method = "" } = request;
  const route = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (route === undefined)
    return failure(405, `usage: expected ${Object.keys(methods).join(" or ")}`, {
      allow: Object.keys(methods).join(", "),
    });
  const type = request.headers["content-type"] ?? "application/json";
  if (method === "POST" && !/json|text\/plain|octet-stream|x-www-form-urlencoded/iu.test(type))
    return failure(415, "usage: expected a body of JSON");
  try {
    const { maxBytes = MAX_BYTES } = context.options;
    const body = method === "POST" ? await bodyOf(request, maxBytes) : "";
    if (body === null)
      return failure(413, `usage: expected a body of at most ${maxBytes} bytes`, { connection: "close" });
    return await route(context, request, body, signal);
  } catch (error) {
    return failure(statusOf(error), errorLine(error));
  }
}

/** Bytes of a message, unless the user says otherwise: a dozen pictures as JSON. */
export const MAX_BYTES: number = 64 << 20;

/** `null` where it is too long: what comes after the limit is not kept. */
async function bodyOf(request: IncomingMessage, limit: number): Promise<string | null> {
  if (Number(request.headers["content-length"] ?? 0) > limit) return null;
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > limit) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function failure(status: number, error: string, headers: Readonly<Record<string, string>> = {}): HttpReply {
  return { status, body: JSON.stringify({ error }), headers };
}
