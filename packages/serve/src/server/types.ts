import type { PolicyFacts } from "../policy-facts.ts";
import type { Sessions } from "../episodes/sessions.ts";
import type { ResetReason } from "../episodes/types.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { StartHost } from "../policy-host.ts";

/** What happens on a server, for its log. */
export type ServeEvent =
  | { readonly kind: "listening"; readonly url: string }
  | { readonly kind: "connected" | "disconnected"; readonly session: string }
  | { readonly kind: "episode"; readonly episode: string; readonly reason: ResetReason }
  | { readonly kind: "unread"; readonly session: string; readonly names: readonly string[] }
  | { readonly kind: "failed"; readonly session: string; readonly error: unknown }
  | { readonly kind: "refused"; readonly status: number; readonly why: string }
  | { readonly kind: "policy-lost"; readonly why: string };

/** Text of a certificate and its key, PEM. */
export interface Tls {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

export interface ServeOptions {
  /** Loads the policy, warmed up; asked again when it is lost. */
  readonly start: StartHost;
  /** Policies that are loaded side by side. Default 1. */
  readonly workers?: number;
  /** Default 127.0.0.1: this machine alone. */
  readonly host?: string;
  /** 0 for any that is free. Default 8000. */
  readonly port?: number;
  /** What clients must know. Needed on any other host than this machine, unless `open`. */
  readonly apiKey?: string;
  /** Serves everybody who reaches the port, without a key. */
  readonly open?: boolean;
  readonly tls?: Tls;
  /** Robots at once. Default 64. */
  readonly maxSessions?: number;
  /** Calls that may wait for a policy. Default 128. */
  readonly maxQueue?: number;
  /** Bytes of a message at most. Default 64 MiB. */
  readonly maxBytes?: number;
  /** Seconds without a call after which a client's next one begins a new episode. Default 5. */
  readonly episodeGap?: number;
  /** The model's view → the client's name of the picture that feeds it. */
  readonly cameras?: Readonly<Record<string, string>>;
  /** Web pages that may call, by origin; browsers are refused without. */
  readonly origins?: readonly string[];
  /** Actions of a chunk before the next look, for clients that take one action an observation (vla-eval). Default: all. */
  readonly execute?: number;
  /** Names and sizes of an action's parts for XPolicyLab's clients. */
  readonly actionKeys?: readonly (readonly [name: string, count: number])[];
  /** Told to clients with the metadata. */
  readonly about?: Readonly<Record<string, string | number | boolean>>;
  readonly log?: (event: ServeEvent) => void;
}

/** What the protocols share. */
export interface ServeContext {
  readonly options: ServeOptions;
  readonly facts: PolicyFacts;
  readonly sessions: Sessions;
  readonly metrics: Metrics;
  readonly gap: number;
  readonly log: (event: ServeEvent) => void;
  /** What is told to clients that ask. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** @throws `server-busy` when too many calls wait */
  checkQueue(): void;
}
