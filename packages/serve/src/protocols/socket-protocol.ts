import type { ServeContext } from "../server/types.ts";

/** A client's connection, as a protocol sees it. */
export interface Peer {
  /** Key of what the connection holds; its sessions' keys begin with it. */
  readonly key: string;
  /** Aborted when the connection is gone. */
  readonly signal: AbortSignal;
  send(data: Uint8Array | string): void;
}

/** A message that came in. */
export interface Message {
  readonly data: Uint8Array;
  readonly text: boolean;
  /** `performance.now()` */
  readonly arrived: number;
}

/** One connection of a protocol: what it does with messages, one after the other. */
export interface Conversation {
  /** Name of the session, for the log. */
  readonly session: string;
  hear(message: Message): Promise<void>;
  /** Answers a message that could not be heard to the end. */
  fail(error: unknown, message: Message): void;
}

/** A websocket protocol, behind a path of its own. */
export interface SocketProtocol {
  readonly path: string;
  /** @throws `server-busy`: the connection is then refused */
  open(context: ServeContext, peer: Peer): Conversation;
}
