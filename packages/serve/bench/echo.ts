/** A websocket that answers each message with a kilobyte and does nothing else: what the way itself takes. */
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
server.on("listening", () => process.send?.((server.address() as AddressInfo).port));
server.on("connection", (socket) => socket.on("message", () => socket.send(Buffer.alloc(1024))));
process.on("disconnect", () => process.exit(0));
