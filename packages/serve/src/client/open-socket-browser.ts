import type { RemoteSocket } from "./remote-socket.ts";

/** A browser's websocket. */
export function openSocket(url: string, protocols: string[]): RemoteSocket {
  const { WebSocket } = globalThis as unknown as {
    readonly WebSocket: new (url: string, protocols: string[]) => RemoteSocket;
  };
  return new WebSocket(url, protocols);
}
