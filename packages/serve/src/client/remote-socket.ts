/** What a browser's websocket and `ws` have in common, as far as it is used. */
export interface RemoteSocket {
  binaryType: string;
  send(data: Uint8Array): void;
  close(): void;
  addEventListener(kind: "open" | "close" | "error", hear: () => void): void;
  addEventListener(kind: "message", hear: (event: { readonly data: unknown }) => void): void;
}
