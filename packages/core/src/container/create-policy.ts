import { PolicyEmitter } from "../events.ts";
import type { StageMiddleware } from "../middleware/stage-middleware.ts";
import { Episode } from "../policy/episode.ts";
import { Policy } from "../policy/policy.ts";
import { WorkGate } from "../runtime/work-gate.ts";
import type { TokenPruner } from "../token-pruner.ts";
import type { VlaAdapter } from "../vla-adapter.ts";
import { Scope } from "./scope.ts";
import { ADAPTER, EPISODE, EVENTS, GATE, MIDDLEWARE, PRUNER } from "./tokens.ts";

export interface PolicyParts {
  readonly adapter: VlaAdapter;
  readonly pruner: TokenPruner;
  readonly middleware?: readonly StageMiddleware[];
  /** Called when the policy is disposed: frees what the adapter runs on. */
  readonly dispose?: () => void | Promise<void>;
}

/** Composes a policy from parts that are already made. `vlaPipeline` does this for a model on disk. */
export function createPolicy(parts: PolicyParts): Policy {
  const scope = Scope.root()
    .shared(ADAPTER, () => parts.adapter)
    .shared(PRUNER, () => parts.pruner)
    .shared(MIDDLEWARE, () => parts.middleware ?? [])
    .shared(EVENTS, () => new PolicyEmitter())
    .shared(GATE, () => new WorkGate("policy"))
    .perScope(EPISODE, (asking) => {
      return new Episode({
        adapter: asking.get(ADAPTER),
        pruner: asking.get(PRUNER),
        middleware: asking.get(MIDDLEWARE),
        events: asking.get(EVENTS),
        gate: asking.get(GATE),
      });
    });
  if (parts.dispose !== undefined) scope.onDispose(parts.dispose);
  return new Policy(scope);
}
