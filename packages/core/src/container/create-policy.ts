import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import { draftOptions } from "../drafts/draft-options.ts";
import type { DraftOptions } from "../drafts/draft-options.ts";
import { PolicyEmitter } from "../events.ts";
import { checkMiddleware } from "../middleware/stage-middleware.ts";
import type { StageMiddleware } from "../middleware/stage-middleware.ts";
import { LocalEpisode } from "../policy/local-episode.ts";
import { Policy } from "../policy/policy.ts";
import { WorkGate } from "../policy/work-gate.ts";
import type { TokenPruner } from "../token-pruner.ts";
import type { VlaAdapter } from "../vla-adapter.ts";
import { Scope } from "./scope.ts";
import { ADAPTER, CAMERAS, DRAFTS, EPISODE, EPISODE_ID, EVENTS, GATE, MIDDLEWARE, PRUNER } from "./tokens.ts";

export interface PolicyParts {
  readonly adapter: VlaAdapter;
  readonly pruner: TokenPruner;
  readonly middleware?: readonly StageMiddleware[];
  /** The model's name of a camera → the name that observations give it: `{ image: "observation.images.top" }`. */
  readonly cameras?: Readonly<Record<string, string>>;
  /**
   * Whether the action of the call before is tried as a draft of the next, and when; the tokens are those of greedy
   * decoding either way. Default: no.
   */
  readonly drafts?: boolean | DraftOptions;
  /** Called when the policy is disposed: frees what the adapter runs on. */
  readonly dispose?: () => void | Promise<void>;
}

/**
 * Composes a policy from parts that are already made. `loadPolicy` does this for a model on disk.
 *
 * @throws `invalid-option`
 */
export function createPolicy(parts: PolicyParts): Policy {
  checkOptions("createPolicy", parts, ["adapter", "pruner", "middleware", "cameras", "drafts", "dispose"]);
  const { adapter, pruner, middleware = [], cameras = {}, drafts = false, dispose } = parts;
  const tried = draftOptions(drafts, adapter);
  checkMiddleware(middleware);
  checkCameras(cameras, adapter);
  const scope = Scope.root()
    .shared(ADAPTER, () => adapter)
    .shared(PRUNER, () => pruner)
    .shared(MIDDLEWARE, () => middleware)
    .shared(CAMERAS, () => cameras)
    .shared(DRAFTS, () => tried)
    .shared(EPISODE_ID, () => "episode")
    .shared(EVENTS, () => new PolicyEmitter())
    .shared(GATE, () => new WorkGate("policy"))
    .perScope(EPISODE, (asking) => {
      return new LocalEpisode({
        id: asking.get(EPISODE_ID),
        adapter: asking.get(ADAPTER),
        pruner: asking.get(PRUNER),
        middleware: asking.get(MIDDLEWARE),
        cameras: asking.get(CAMERAS),
        drafts: asking.get(DRAFTS),
        events: asking.get(EVENTS),
        gate: asking.get(GATE),
      });
    });
  if (dispose !== undefined) scope.onDispose(dispose);
  return new Policy(scope);
}

function checkCameras(cameras: Readonly<Record<string, string>>, { layout }: VlaAdapter): void {
  const views = layout.views.map(({ name }) => name);
  const unknown = Object.keys(cameras).find((name) => !views.includes(name));
  if (unknown !== undefined) {
    throw new VlaPrunerError("invalid-option", {
      expected: `cameras of the model: ${views.join(", ")}`,
      found: unknown,
      fix: "write the model's name first, then the one that your observations give it",
    });
  }
  const given = Object.values(cameras);
  const twice = given.find((name, index) => given.indexOf(name) < index);
  if (twice === undefined) return;
  throw new VlaPrunerError("invalid-option", {
    expected: "cameras: another name for each view",
    found: `${twice}, twice`,
    fix: "give each view the name of its own camera",
  });
}
