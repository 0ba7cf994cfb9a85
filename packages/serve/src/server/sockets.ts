import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { RawData, WebSocket } from "ws";
import { VlaPrunerError } from "@vla-pruner/format";
import { native } from "../protocols/native.ts";
import { openpi } from "../protocols/openpi.ts";
import type { Conversation, Message, Peer, SocketProtocol } from "../protocols/socket-protocol.ts";
import { vlaEval } from "../protocols/vla-eval.ts";
import { xpolicylab } from "../protocols/xpolicylab.ts";
import { errorLine, statusOf } from "./error-line.ts";
import { guard } from "./guard.ts";
import type { GuardOptions, Refusal } from "./guard.ts";
import { MAX_BYTES, pathOf } from "./http-routes.ts";
import type { ServeContext } from "./types.ts";

const PROTOCOLS: readonly SocketProtocol[] = [openpi, vlaEval, xpolicylab, native];
/** Messages of one connection that may wait. */
const PENDING = 16;
/** Milliseconds after which the system asks a silent machine whether it is still there. */
const KEEP_ALIVE = 30_000;

/** The websocket side of a server. */
export class Sockets {
  readonly #context: ServeContext;
  readonly #guarded: GuardOptions;
  readonly #server: WebSocketServer;
  #connections = 0;

  constructor(context: ServeContext, guarded: GuardOptions) {
    this.#context = context;
    this.#guarded = guarded;
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: context.options.maxBytes ?? MAX_BYTES,
      handleProtocols: (offered) => [...offered].find((name) => !name.startsWith("key.")) ?? false,
    });
  }

  /** A connection that asks to be a websocket. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on("error", ignore);
    const path = pathOf(request);
    const refusal = guard(request, path, this.#guarded);
    if (refusal !== null) return this.#refuse(stream, refusal);
    const protocol = PROTOCOLS.find((candidate) => candidate.path === path);
    if (protocol === undefined)
      return this.#refuse(stream, {
        status: 404,
        why: `expected a path among ${PROTOCOLS.map((one) => one.path).join(", ")}`,
      });
    if ("setKeepAlive" in stream && typeof stream.setKeepAlive === "function")
      stream.setKeepAlive(true, KEEP_ALIVE);
    this.#connections += 1;
    const key = `socket ${this.#connections}`;
    const outbox: (Uint8Array | string)[] = [];
    const gone = new AbortController();
    let send = (data: Uint8Array | string): void => void outbox.push(data);
    const peer: Peer = { key, signal: gone.signal, send: (data) => send(data) };
    let conversation: Conversation;
    try {
      conversation = protocol.open(this.#context, peer);
    } catch (error) {
      return this.#refuse(stream, { status: statusOf(error), why: errorLine(error) });
    }
    this.#server.handleUpgrade(request, stream, head, (socket) => {
      send = (data) => socket.send(data, { binary: typeof data !== "string" }, ignore);
      for (const data of outbox) send(data);
      this.#converse(socket, conversation);
    });
    // Also for a handshake that fails.
    stream.once("close", () => {
      gone.abort();
      this.#context.sessions.leaveAll(key);
      this.#context.log({ kind: "disconnected", session: conversation.session });
    });
  }

  /** Says goodbye to all; `1001`: the server goes away. */
  close(): void {
    for (const socket of this.#server.clients) socket.close(1001, "the server stops");
  }

  /** Ends those that did not answer the goodbye. */
  terminate(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  #converse(socket: WebSocket, conversation: Conversation): void {
    const { log } = this.#context;
    log({ kind: "connected", session: conversation.session });
    let turn = Promise.resolve();
    let pending = 0;
    socket.on("error", (error) => log({ kind: "failed", session: conversation.session, error }));
    socket.on("message", (data: RawData, binary: boolean) => {
      const message: Message = { data: bytesOf(data), text: !binary, arrived: performance.now() };
      if (pending >= PENDING) return conversation.fail(tooMany(), message);
      pending += 1;
      turn = turn
        .then(() => conversation.hear(message))
        .catch((error: unknown) => conversation.fail(error, message))
        .finally(() => void (pending -= 1));
    });
  }

  #refuse(stream: Duplex, { status, why }: Refusal): void {
    this.#context.metrics.refused(status);
    this.#context.log({ kind: "refused", status, why });
    const body = `${why}\n`;
    stream.end(
      `HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

function ignore(): void {
  // A connection that is gone closes.
}

function tooMany(): VlaPrunerError {
  return new VlaPrunerError("server-busy", {
    expected: `at most ${PENDING} observations of a connection that wait`,
    found: "one more",
    fix: "wait for answers before the next observation",
  });
}
