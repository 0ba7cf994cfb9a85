import type { DraftOptions } from "../drafts/draft-options.ts";
import type { PolicyEmitter } from "../events.ts";
import type { StageMiddleware } from "../middleware/stage-middleware.ts";
import type { LocalEpisode } from "../policy/local-episode.ts";
import type { WorkGate } from "../policy/work-gate.ts";
import type { TokenPruner } from "../token-pruner.ts";
import type { VlaAdapter } from "../vla-adapter.ts";
import { token } from "./scope.ts";
import type { Token } from "./scope.ts";

/** Policy scope: one of each for a policy. An episode may have a pruner and more middleware of its own. */
export const ADAPTER: Token<VlaAdapter> = token("adapter");
export const PRUNER: Token<TokenPruner> = token("pruner");
export const MIDDLEWARE: Token<readonly StageMiddleware[]> = token("middleware");
/** The model's name of a camera → the name that observations give it. */
export const CAMERAS: Token<Readonly<Record<string, string>>> = token("cameras");
/** When the action of the call before is tried as a draft; `null` for never. */
export const DRAFTS: Token<Required<DraftOptions> | null> = token("drafts");
export const EVENTS: Token<PolicyEmitter> = token("events");
/** Steps of all episodes pass it; closed before anything is freed. */
export const GATE: Token<WorkGate> = token("gate");

/** Episode scope: a fresh one for every child scope. */
export const EPISODE: Token<LocalEpisode> = token("episode");
export const EPISODE_ID: Token<string> = token("episode-id");
