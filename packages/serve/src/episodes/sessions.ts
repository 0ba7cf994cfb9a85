import { VlaPrunerError } from "@vla-pruner/format";
import type { Lane } from "./lane.ts";
import { ServedEpisode } from "./served-episode.ts";
import type { EpisodeRules, ResetReason } from "./types.ts";

export interface SessionsParts {
  readonly lanes: readonly Lane[];
  /** Sessions at most. */
  readonly limit: number;
  /** Seconds after which a session that nobody holds open may be forgotten. */
  readonly idle: number;
  readonly onReset: (episode: string, reason: ResetReason) => void;
}

/** Everybody who is being served: one entry a connection, or a session id. */
export class Sessions {
  readonly #parts: SessionsParts;
  readonly #open = new Map<string, { readonly episode: ServedEpisode; readonly held: boolean }>();
  #named = 0;

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#open.size;
  }

  /** A name that no session has had. */
  nameFor(protocol: string): string {
    this.#named += 1;
    return `${protocol}-${this.#named}`;
  }

  /**
   * The session of a key, a new one where there is none.
   *
   * @param held a connection keeps it; others are forgotten when the place is needed and nobody used them lately
   * @throws `server-busy` where there is no place
   */
  enter(
    key: string,
    protocol: string,
    rules: EpisodeRules,
    first: ResetReason,
    held: boolean,
  ): ServedEpisode {
    const known = this.#open.get(key);
    if (known !== undefined) {
      // Used last, forgotten last.
      this.#open.delete(key);
      this.#open.set(key, known);
      return known.episode;
    }
    if (this.#open.size >= this.#parts.limit && !this.#forgetOne()) throw full(this.#parts.limit);
    const lane = this.#parts.lanes.toSorted((a, b) => a.episodes - b.episodes)[0];
    if (lane === undefined) throw full(0);
    const { onReset } = this.#parts;
    const episode = new ServedEpisode({ name: this.nameFor(protocol), lane, rules, first, onReset });
    this.#open.set(key, { episode, held });
    return episode;
  }

  /** Whether there is a session of this key. */
  has(key: string): boolean {
    return this.#open.has(key);
  }

  /** Ends a session. */
  leave(key: string): void {
    this.#open.get(key)?.episode.close();
    this.#open.delete(key);
  }

  /** Ends all sessions whose keys begin so. */
  leaveAll(prefix: string): void {
    for (const key of this.#open.keys()) if (key.startsWith(prefix)) this.leave(key);
  }

  /** Forgets those that nobody holds open and nobody used for so many seconds. */
  forgetIdle(seconds: number): void {
    while (this.#forgetOne(seconds));
  }

  #forgetOne(seconds: number = this.#parts.idle): boolean {
    const before = performance.now() - 1000 * seconds;
    for (const [key, { episode, held }] of this.#open) {
      if (held || episode.busy > 0 || episode.lastUsed > before) continue;
      this.leave(key);
      return true;
    }
    return false;
  }
}

function full(limit: number): VlaPrunerError {
  return new VlaPrunerError("server-busy", {
    expected: `at most ${limit} sessions at once`,
    found: "one more",
    fix: "close one, or start the server with a larger --max-sessions",
  });
}
