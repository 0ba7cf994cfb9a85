import type { Episode, EpisodeState, ModelLayout, ObservationInput, StepResult } from "@vla-pruner/core";
import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import type { Questions } from "../protocols/native-messages.ts";
import { RemoteEpisode } from "./remote-episode.ts";
import type { RemoteStepOptions } from "./remote-episode.ts";
import { RemoteLink } from "./remote-link.ts";

export interface RemotePolicyOptions {
  readonly apiKey?: string;
  /** Milliseconds from a call to its action, for calls that name none. Default: no limit. */
  readonly deadline?: number;
  /** Milliseconds to connect. Default 10 000. */
  readonly connectTimeout?: number;
  /** Called when a server no longer knew an episode after a reconnection: it goes on with an empty memory. */
  readonly onForgotten?: (episode: string) => void;
}

/** As a policy of this process takes them; what belongs to the server is refused. */
export interface RemoteEpisodeParts {
  readonly id?: string;
  readonly pruner?: never;
  readonly middleware?: never;
}

/**
 * A policy on a server, `vla-pruner serve`: an episode, and as many others as wanted, like a policy of this process.
 *
 * @param url `ws://HOST:PORT`, or `wss://` with TLS
 * @throws `server-unreachable`, `invalid-option`
 */
export async function remotePolicy(url: string, options: RemotePolicyOptions = {}): Promise<RemotePolicy> {
  checkOptions("remotePolicy", options, ["apiKey", "deadline", "connectTimeout", "onForgotten"]);
  const { apiKey, connectTimeout = 10_000, deadline } = options;
  for (const [name, limit] of Object.entries({ deadline, connectTimeout })) {
    if (limit !== undefined && !(limit > 0)) throw invalid(`${name}: milliseconds above 0`, String(limit));
  }
  const link = new RemoteLink({
    url: addressOf(url),
    connectTimeout,
    ...(apiKey !== undefined && { apiKey }),
  });
  try {
    return new RemotePolicy(link, options, await link.ask("hello", {}));
  } catch (error) {
    await link.close();
    throw error;
  }
}

/** What `remotePolicy` gives. */
export class RemotePolicy implements Episode {
  /** What is known of the model, under the names of a policy's adapter. */
  readonly adapter: { readonly architecture: string; readonly layout: ModelLayout };
  /** What the server says of itself: of `vla-pruner serve` its `pruner`, `retention`, `warmup`, and `ahead`, if it is. */
  readonly about: Questions["hello"]["gives"]["about"];
  readonly #link: RemoteLink;
  readonly #options: RemotePolicyOptions;
  readonly #own: RemoteEpisode;
  #episodes = 0;

  /** @internal */
  constructor(link: RemoteLink, options: RemotePolicyOptions, hello: Questions["hello"]["gives"]) {
    const { architecture, layout, about } = hello;
    this.adapter = { architecture, layout };
    this.about = about;
    this.#link = link;
    this.#options = options;
    this.#own = this.startEpisode();
  }

  get id(): string {
    return this.#own.id;
  }

  /** A fresh episode on the same server. It prunes as the server does. @throws `invalid-option` */
  startEpisode(parts: RemoteEpisodeParts = {}): RemoteEpisode {
    const own = (["pruner", "middleware"] as const).find((name) => parts[name] !== undefined);
    if (own !== undefined) throw prunesThere(own);
    checkOptions("startEpisode of a remote policy", parts, ["id", "pruner", "middleware"]);
    this.#episodes += 1;
    return new RemoteEpisode({
      id: parts.id ?? `episode-${this.#episodes}`,
      link: this.#link,
      deadline: this.#options.deadline,
      onForgotten: this.#options.onForgotten ?? ((): void => undefined),
    });
  }

  act(observation: ObservationInput, options?: RemoteStepOptions): Promise<StepResult> {
    return this.#own.act(observation, options);
  }

  reset(): Promise<void> {
    return this.#own.reset();
  }

  saveState(): Promise<EpisodeState> {
    return this.#own.saveState();
  }

  restoreState(state: EpisodeState): Promise<void> {
    return this.#own.restoreState(state);
  }

  /** Ends the connection; the server goes on. */
  dispose(): Promise<void> {
    return this.#link.close();
  }
}

/** @throws `invalid-option` */
function addressOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "ws:" && url.protocol !== "wss:"))
    throw invalid("an address: ws://HOST:PORT or wss://HOST:PORT", text);
  if (url.pathname === "/") url.pathname = "/vla-pruner";
  return url.href;
}

function prunesThere(part: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: "an episode of a remote policy, which prunes as its server does",
    found: `a ${part} of its own`,
    fix: "leave it out, and start the server with it: vla-pruner serve --pruner",
  });
}

function invalid(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", { expected, found, fix: "correct it" });
}
