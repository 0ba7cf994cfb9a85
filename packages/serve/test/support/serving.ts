import { servePolicy } from "../../src/index.ts";
import type { PolicyServer, ServeEvent, ServeOptions } from "../../src/index.ts";
import { FakeHost } from "./fake-host.ts";
import type { FakeHostOptions } from "./fake-host.ts";

export interface Serving {
  readonly server: PolicyServer;
  /** The same place for HTTP. */
  readonly http: string;
  readonly events: ServeEvent[];
  /** Policies that were loaded, the last one last. */
  readonly hosts: FakeHost[];
  /** Reasons of the episodes that began. */
  readonly resets: () => string[];
}

/** A server of fake policies on a free port; closed after the test file's suite by `stopAll`. */
export async function serving(
  options: Partial<ServeOptions> = {},
  host: FakeHostOptions = {},
): Promise<Serving> {
  const events: ServeEvent[] = [];
  const hosts: FakeHost[] = [];
  const start = async (): Promise<FakeHost> => {
    const made = new FakeHost(host);
    hosts.push(made);
    return made;
  };
  const server = await servePolicy({ start, port: 0, log: (event) => void events.push(event), ...options });
  open.push(server);
  return {
    server,
    http: server.url.replace(/^ws/u, "http"),
    events,
    hosts,
    resets: () => events.flatMap((event) => (event.kind === "episode" ? [event.reason] : [])),
  };
}

const open: PolicyServer[] = [];

export async function stopAll(): Promise<void> {
  await Promise.all(open.splice(0).map((server) => server.close()));
}

/** A gate that holds calls: each waits at `stage` until it is let through. */
export class Hold {
  readonly #held: (() => void)[] = [];
  #arrived: () => void = () => undefined;
  readonly around = {
    prepare: async <Result>(_: unknown, next: () => Promise<Result>): Promise<Result> => {
      await new Promise<void>((resolve) => {
        this.#held.push(resolve);
        this.#arrived();
      });
      return next();
    },
  };

  /** Waits until a call is held. */
  async caught(): Promise<void> {
    while (this.#held.length === 0)
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
  }

  release(): void {
    this.#held.shift()?.();
  }
}
