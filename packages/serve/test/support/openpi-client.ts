import { once } from "node:events";
import { WebSocket } from "ws";
import type { ClientOptions } from "ws";
import { NumpyArray } from "../../src/codec/numpy-array.ts";
import { pack } from "../../src/codec/pack.ts";
import { unpackMap } from "../../src/codec/unpack.ts";
import type { Fields } from "../../src/codec/unpack.ts";

/** What openpi's client does: waits for the metadata, then sends and receives in turn; a text is an error. */
export class OpenpiClient {
  readonly socket: WebSocket;
  metadata: Fields = {};
  readonly #heard: (Buffer | string)[] = [];
  #wake: () => void = () => undefined;
  #closed = false;

  private constructor(url: string, options: ClientOptions) {
    this.socket = new WebSocket(url, options);
    this.socket.on("message", (data: Buffer, binary: boolean) => {
      this.#heard.push(binary ? data : data.toString());
      this.#wake();
    });
    this.socket.on("close", () => {
      this.#closed = true;
      this.#wake();
    });
    this.socket.on("error", () => undefined);
  }

  static async open(url: string, options: ClientOptions = {}): Promise<OpenpiClient> {
    const client = new OpenpiClient(url, options);
    const metadata = await client.receive();
    if (typeof metadata === "string") throw new Error(metadata);
    client.metadata = unpackMap(metadata);
    return client;
  }

  async infer(observation: Fields): Promise<Fields> {
    this.send(observation);
    const answer = await this.receive();
    if (typeof answer === "string") throw new Error(answer);
    return unpackMap(answer);
  }

  send(observation: Fields): void {
    this.socket.send(pack(observation, "openpi"));
  }

  async receive(): Promise<Buffer | string> {
    while (this.#heard.length === 0) {
      if (this.#closed) throw new Error("closed");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#heard.shift() ?? "";
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    this.socket.close();
    await once(this.socket, "close");
  }
}

/** What a robot's camera sees at a step: every number makes another picture. */
export function picture(step: number, side = 4): NumpyArray {
  const data = Uint8Array.from({ length: side * side * 3 }, (_, index) => (index * 7 + step * 31) % 256);
  return new NumpyArray("|u1", [side, side, 3], data);
}

/** An observation of LIBERO's client. */
export function libero(step: number, prompt = "put the bowl on the plate"): Fields {
  const state = new NumpyArray(
    "<f8",
    [8],
    Float64Array.from({ length: 8 }, (_, index) => step + index / 10),
  );
  return { "observation/image": picture(step), "observation/state": state, prompt };
}

/** Actions of an answer, `[horizon][action]`. */
export function actionsOf(reply: Fields): number[][] {
  const { data, shape } = reply["actions"] as NumpyArray;
  const [rows = 0, columns = 0] = shape;
  return Array.from({ length: rows }, (_, row) =>
    Array.from(data.subarray(row * columns, (row + 1) * columns) as Float64Array),
  );
}
