import { VlaPrunerError } from "@vla-pruner/format";
import { openSocket } from "#open-socket";
import { pack } from "../codec/pack.ts";
import { unpackMap } from "../codec/unpack.ts";
import { fromWire, toWire } from "../codec/wire-values.ts";
import type { Method, Questions } from "../protocols/native-messages.ts";
import type { RemoteSocket } from "./remote-socket.ts";

export interface RemoteLinkOptions {
  readonly url: string;
  readonly apiKey?: string;
  /** Milliseconds to connect. */
  readonly connectTimeout: number;
}

interface Asked {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** A connection that is made when something is asked, and made again after it broke. What is under way then fails. */
export class RemoteLink {
  readonly #options: RemoteLinkOptions;
  readonly #asked = new Map<number, Asked>();
  #socket: Promise<RemoteSocket> | null = null;
  #ids = 0;
  #closed = false;
  /** Connections made so far. */
  generation = 0;

  constructor(options: RemoteLinkOptions) {
    this.#options = options;
  }

  /** Connects, where it is not. @throws `server-unreachable` */
  async connect(): Promise<RemoteSocket> {
    if (this.#closed) throw closed();
    this.#socket ??= this.#open();
    return this.#socket;
  }

  /** @throws `server-unreachable`; what the server answers */
  async ask<Kind extends Method>(
    method: Kind,
    asks: Questions[Kind]["asks"],
    onSent?: (id: number) => void,
  ): Promise<Questions[Kind]["gives"]> {
    const socket = await this.connect();
    this.#ids += 1;
    const id = this.#ids;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      socket.send(pack(toWire({ id, method, ...asks }), "openpi"));
      onSent?.(id);
    });
  }

  /** Asks, and waits for no answer. */
  tell<Kind extends Method>(method: Kind, asks: Questions[Kind]["asks"]): void {
    if (this.#socket !== null) void this.ask(method, asks).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const socket = await this.#socket?.catch(() => null);
    socket?.close();
    this.#broken(closed());
  }

  #open(): Promise<RemoteSocket> {
    const { url, apiKey, connectTimeout } = this.#options;
    const key = apiKey === undefined ? [] : [`key.${base64Url(apiKey)}`];
    return new Promise((resolve, reject) => {
      const socket = openSocket(url, ["vla-pruner", ...key]);
      socket.binaryType = "arraybuffer";
      const lost = (): void => {
        clearTimeout(timer);
        const error = unreachable(url);
        reject(error);
        this.#broken(error);
      };
      const timer = setTimeout(() => {
        lost();
        socket.close();
      }, connectTimeout);
      socket.addEventListener("open", () => {
        clearTimeout(timer);
        this.generation += 1;
        resolve(socket);
      });
      socket.addEventListener("error", () => undefined);
      socket.addEventListener("close", lost);
      socket.addEventListener("message", ({ data }) => {
        try {
          if (data instanceof ArrayBuffer) this.#heard(new Uint8Array(data));
        } catch {
          socket.close(); // Not a server of ours.
        }
      });
    });
  }

  #heard(data: Uint8Array): void {
    const { id, result, error } = unpackMap(data);
    const asked = this.#asked.get(Number(id));
    if (asked === undefined) return;
    this.#asked.delete(Number(id));
    if (error === undefined) asked.resolve(fromWire(result) as never);
    else asked.reject(VlaPrunerError.from(error) ?? new Error("the server failed"));
  }

  #broken(error: VlaPrunerError): void {
    this.#socket = null;
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    for (const { reject } of asked) reject(error);
  }
}

function base64Url(text: string): string {
  const base64 = btoa(String.fromCodePoint(...new TextEncoder().encode(text)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function unreachable(url: string): VlaPrunerError {
  return new VlaPrunerError("server-unreachable", {
    expected: `a policy server that answers at ${url}`,
    found: "no connection, or one that ended",
    fix: "check host, port and API key; the next call connects again",
  });
}

function closed(): VlaPrunerError {
  return new VlaPrunerError("disposed", {
    expected: "a remote policy in use",
    found: "one that was disposed",
    fix: "make another one with remotePolicy",
  });
}
