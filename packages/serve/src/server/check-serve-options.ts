import { isIP } from "node:net";
import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import type { ServeOptions } from "./types.ts";

type Defaulted = "host" | "port" | "workers" | "maxSessions" | "maxQueue" | "episodeGap" | "log";

export const DEFAULTS: Required<Pick<ServeOptions, Defaulted>> = {
  host: "127.0.0.1",
  port: 8000,
  workers: 1,
  maxSessions: 64,
  maxQueue: 128,
  episodeGap: 5,
  log: (): void => undefined,
};

const OPTIONS: readonly (keyof ServeOptions)[] = [
  "start",
  "workers",
  "host",
  "port",
  "apiKey",
  "open",
  "tls",
  "maxSessions",
  "maxQueue",
  "maxBytes",
  "episodeGap",
  "cameras",
  "origins",
  "execute",
  "actionKeys",
  "about",
  "log",
];

/** @throws `invalid-option` */
export function checkServeOptions(options: ServeOptions): void {
  checkOptions("servePolicy", options, OPTIONS);
  const { host = DEFAULTS.host, apiKey, open, episodeGap = DEFAULTS.episodeGap, port = 0 } = options;
  for (const name of ["workers", "maxSessions", "maxQueue", "maxBytes", "execute"] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1))
      throw invalid(`${name}: a whole number of at least 1`, String(value));
  }
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535))
    throw invalid("port: 0 to 65535", String(port));
  if (!(episodeGap > 0)) throw invalid("episodeGap: seconds above 0", String(episodeGap));
  if (apiKey !== undefined && !/^\S{8,}$/u.test(apiKey))
    throw invalid("apiKey: at least 8 characters, no spaces", `${apiKey.length} characters`);
  if (isLoopback(host) || apiKey !== undefined || open === true) return;
  throw new VlaPrunerError("invalid-option", {
    expected: "an API key on a host that others reach",
    found: `host ${host} without one`,
    fix: "pass --api-key, or --open to serve everybody on this network",
  });
}

/** Whether only this machine reaches it. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function invalid(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", { expected, found, fix: "leave it out for the default" });
}
