import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Why a request is turned away. */
export interface Refusal {
  readonly status: number;
  readonly why: string;
}

export interface GuardOptions {
  readonly apiKey?: string;
  readonly origins: readonly string[];
}

/** Paths that tell nothing and are open to all: whoever watches over servers has no key. */
const OPEN: readonly string[] = ["/healthz", "/health"];

/** Whether a request may be served: its origin, where a browser sends one, and its key. */
export function guard(
  request: IncomingMessage,
  path: string,
  { apiKey, origins }: GuardOptions,
): Refusal | null {
  const { origin } = request.headers;
  // Any page could call a server on its reader's machine: browsers say whose page it is.
  if (origin !== undefined && !origins.includes(origin) && !origins.includes("*"))
    return { status: 403, why: "a web page of another origin: start the server with --allow-origin for it" };
  if (apiKey === undefined || OPEN.includes(path) || sameKey(keyOf(request), apiKey)) return null;
  return { status: 401, why: "no API key, or another one: send the header Authorization: Api-Key …" };
}

/** `Authorization: Api-Key K` (openpi) or `Bearer K`; browsers, which cannot, offer the subprotocol `key.BASE64URL`. */
function keyOf({ headers }: IncomingMessage): string {
  const [, key] = /^(?:Api-Key|Bearer) +(\S+)\s*$/iu.exec(headers.authorization ?? "") ?? [];
  if (key !== undefined) return key;
  const [, offered = ""] = /(?:^|[\s,])key\.([\w-]+)/u.exec(headers["sec-websocket-protocol"] ?? "") ?? [];
  return Buffer.from(offered, "base64url").toString();
}

/** In constant time, whatever their lengths. */
function sameKey(given: string, wanted: string): boolean {
  return timingSafeEqual(digestOf(given), digestOf(wanted));
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
