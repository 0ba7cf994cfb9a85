import { createServer } from "node:http";
import type { Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { isIPv6 } from "node:net";
import { VlaPrunerError } from "@vla-pruner/format";
import { Lane } from "../episodes/lane.ts";
import { Sessions } from "../episodes/sessions.ts";
import { Metrics } from "../metrics/metrics.ts";
import { viewNames } from "../policy-facts.ts";
import { checkServeOptions, DEFAULTS } from "./check-serve-options.ts";
import { errorLine } from "./error-line.ts";
import { answer } from "./http-routes.ts";
import { Sockets } from "./sockets.ts";
import type { ServeContext, ServeOptions } from "./types.ts";

/** A server that listens. */
export interface PolicyServer {
  /** `ws://127.0.0.1:8000`; HTTP is on the same port. */
  readonly url: string;
  readonly port: number;
  /** Answers what is under way, says goodbye, frees the policies. */
  close(): Promise<void>;
}

/** Milliseconds for the last answers, and for goodbyes. */
const GRACE = 5000;

/** Seconds after which a session is forgotten that no connection holds: long enough to come back after a break. */
const FORGOTTEN = 600;

/**
 * Loads a policy and serves it: openpi's websocket at `/`, `/vla-eval`, `/xpolicylab`, `POST /act` and `/reset`;
 * `/healthz`, `/metadata`, `/metrics`. It listens only when the policy is loaded.
 *
 * @throws `invalid-option`; `output-unwritable` for a port that is taken; what loading throws
 */
export async function servePolicy(options: ServeOptions): Promise<PolicyServer> {
  checkServeOptions(options);
  const { host, port, workers, maxSessions, maxQueue, episodeGap, log } = { ...DEFAULTS, ...options };
  const lost = (reason: VlaPrunerError): void => {
    metrics.lost();
    log({ kind: "policy-lost", why: errorLine(reason) });
  };
  const lanes: Lane[] = [];
  const waiting = (): number => lanes.reduce((sum, lane) => sum + lane.waiting, 0);
  const metrics: Metrics = new Metrics({
    sessions: () => sessions.size,
    waiting,
    up: () => lanes.filter(({ up }) => up).length,
  });
  const sessions: Sessions = new Sessions({
    lanes,
    limit: maxSessions,
    idle: episodeGap,
    onReset: (episode, reason) => {
      metrics.reset(reason);
      log({ kind: "episode", episode, reason });
    },
  });
  try {
    // One after the other: the first to fail says what is wrong with all.
    for (let index = 0; index < workers; index += 1) lanes.push(await Lane.open(options.start, lost));
    const [first] = lanes;
    if (first === undefined) throw new Error("no lane");
    const facts = await first.facts();
    const context: ServeContext = {
      options,
      facts,
      sessions,
      metrics,
      gap: episodeGap,
      log,
      metadata: {
        server: "vla-pruner",
        architecture: facts.architecture,
        cameras: viewNames(facts).join(","),
        state: facts.state ?? 0,
        unnorm_key: facts.unnormKey ?? "",
        ...options.about,
      },
      checkQueue: () => {
        if (waiting() >= maxQueue) throw queueFull(maxQueue);
      },
    };
    const guarded = {
      origins: options.origins ?? [],
      ...(options.apiKey !== undefined && { apiKey: options.apiKey }),
    };
    const server = options.tls === undefined ? createServer() : createTlsServer({ ...options.tls });
    const sockets = new Sockets(context, guarded);
    server.on("request", (request, response) => void answer(context, guarded, request, response));
    server.on("upgrade", (request, stream, head) => sockets.upgrade(request, stream, head));
    const bound = await listen(server, host, port);
    const sweeper = setInterval(() => sessions.forgetIdle(FORGOTTEN), 30_000).unref();
    server.once("close", () => clearInterval(sweeper));
    const name = isIPv6(host) ? `[${host}]` : host;
    const url = `${options.tls === undefined ? "ws" : "wss"}://${name}:${bound}`;
    log({ kind: "listening", url });
    return { url, port: bound, close: () => close(server, sockets, lanes) };
  } catch (error) {
    await Promise.all(lanes.map((lane) => lane.close()));
    throw error;
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  // A robot's body comes at once; a line of one byte a second is somebody else's.
  server.headersTimeout = 10_000;
  server.requestTimeout = 60_000;
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new VlaPrunerError("output-unwritable", {
          expected: `the port ${port} of ${host} to be free`,
          found: (cause as NodeJS.ErrnoException).code ?? "an error",
          fix: "stop what listens there, or pass another --port or --host",
          cause,
        }),
      ),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

async function close(server: Server, sockets: Sockets, lanes: readonly Lane[]): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  await Promise.all(lanes.map((lane) => lane.close()));
  sockets.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => {
    sockets.terminate();
    server.closeAllConnections();
  }, GRACE);
  await ended;
  clearTimeout(timer);
}

function queueFull(limit: number): VlaPrunerError {
  return new VlaPrunerError("server-busy", {
    expected: `at most ${limit} calls that wait for the policy`,
    found: "one more",
    fix: "call less often, or start the server with more --workers or a larger --max-queue",
  });
}
