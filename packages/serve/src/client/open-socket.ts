import { WebSocket } from "ws";
import type { RemoteSocket } from "./remote-socket.ts";

/** A websocket in Node 20, which has none of its own. */
export function openSocket(url: string, protocols: string[]): RemoteSocket {
  return new WebSocket(url, protocols, { perMessageDeflate: false });
}
