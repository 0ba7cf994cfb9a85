import type { DraftOptions } from "../drafts/draft-options.ts";
import type { PolicyEmitter } from "../events.ts";
import type { StageMiddleware } from "../middleware/stage-middleware.ts";
import type { TokenPruner } from "../token-pruner.ts";
import type { VlaAdapter } from "../vla-adapter.ts";
import type { WorkGate } from "./work-gate.ts";

export interface LocalEpisodeParts {
  readonly id: string;
  readonly adapter: VlaAdapter;
  readonly pruner: TokenPruner;
  readonly middleware: readonly StageMiddleware[];
  readonly cameras: Readonly<Record<string, string>>;
  readonly events: PolicyEmitter;
  /** When the action of the call before is tried as a draft; `null` for never. */
  readonly drafts: Required<DraftOptions> | null;
  /** Whether a call's tokens are chosen by the call before. */
  readonly selectAhead: boolean;
  /** Seconds without a step after which a forgotten reset is suspected. */
  readonly gap: number;
  /** Closed when the policy is disposed. */
  readonly gate: WorkGate;
}
