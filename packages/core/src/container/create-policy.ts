import { checkOptions, VlaPrunerError } from "@vla-pruner/format";
import { needsAhead } from "../adapter/ahead-only-stages.ts";
import { viewOf } from "../adapter/frames-by-view.ts";
import { draftOptions } from "../drafts/draft-options.ts";
import type { DraftOptions } from "../drafts/draft-options.ts";
import { PolicyEmitter } from "../events.ts";
import { checkMiddleware } from "../middleware/stage-middleware.ts";
import type { StageMiddleware } from "../middleware/stage-middleware.ts";
import { EPISODE_GAP } from "../policy/episode-watch.ts";
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
  /**
   * The model's name of a camera, or an alias of it → the name that observations give it:
   * `{ image: "observation.images.top" }`.
   */
  readonly cameras?: Readonly<Record<string, string>>;
  /**
   * Whether the action of the call before is tried as a draft of the next, and when; the tokens are those of greedy
   * decoding either way. Default: no.
   */
  readonly drafts?: boolean | DraftOptions;
  /**
   * Whether the tokens of a call are chosen by what the call before showed: scores then need not come before the layers
   * that they thin. The first call of an episode, and one that shows other views, keeps all. Default false.
   */
  readonly selectAhead?: boolean;
  /** Seconds without a step after which a forgotten reset is warned of. Default 5. */
  readonly episodeGap?: number;
  /** Called when the policy is disposed: frees what the adapter runs on. */
  readonly dispose?: () => void | Promise<void>;
}

/**
 * Composes a policy from parts that are already made. `loadPolicy` does this for a model on disk.
 *
 * @throws `invalid-option`
 */
export function createPolicy(parts: PolicyParts): Policy {
  checkOptions("createPolicy", parts, [
    "adapter",
    "pruner",
    "middleware",
    "cameras",
    "drafts",
    "selectAhead",
    "episodeGap",
    "dispose",
  ]);
  const { adapter, pruner, middleware = [], drafts = false, episodeGap: gap = EPISODE_GAP, dispose } = parts;
  const tried = draftOptions(drafts, adapter);
  checkMiddleware(middleware);
  checkGap(gap);
  const selectAhead = checkAhead(parts.selectAhead, adapter);
  const cameras = camerasByView(parts.cameras ?? {}, adapter);
  const scope = Scope.root()
    .shared(ADAPTER, () => adapter)
    .shared(PRUNER, () => pruner)
    .shared(MIDDLEWARE, () => middleware)
    .shared(CAMERAS, () => cameras)
    .shared(DRAFTS, () => tried)
    .shared(EPISODE_ID, () => "episode")
    .shared(EVENTS, () => new PolicyEmitter())
    .shared(GATE, () => new WorkGate("policy"))
    .perScope(
      EPISODE,
      (asking) =>
        new LocalEpisode({
          id: asking.get(EPISODE_ID),
          adapter: asking.get(ADAPTER),
          pruner: asking.get(PRUNER),
          middleware: asking.get(MIDDLEWARE),
          cameras: asking.get(CAMERAS),
          drafts: asking.get(DRAFTS),
          selectAhead,
          events: asking.get(EVENTS),
          gap,
          gate: asking.get(GATE),
        }),
    );
  if (dispose !== undefined) scope.onDispose(dispose);
  return new Policy(scope);
}

/** The view of each camera → the name that observations give it. */
function camerasByView(
  cameras: Readonly<Record<string, string>>,
  { layout }: VlaAdapter,
): Readonly<Record<string, string>> {
  const views = layout.views.map(({ name }) => name);
  const named: Record<string, string> = {};
  for (const [name, given] of Object.entries(cameras)) {
    const view = viewOf(name, views, layout.cameraAliases);
    if (view === undefined || Object.hasOwn(named, view)) {
      throw new VlaPrunerError("invalid-option", {
        expected: `cameras of the model, each once: ${views.join(", ")}`,
        found: name,
        fix: "write the model's name first, then the one that your observations give it",
      });
    }
    named[view] = given;
  }
  const given = Object.values(cameras);
  const twice = given.find((name, index) => given.indexOf(name) < index);
  if (twice === undefined) return named;
  throw new VlaPrunerError("invalid-option", {
    expected: "cameras: another name for each view",
    found: `${twice}, twice`,
    fix: "give each view the name of its own camera",
  });
}

/** A model that needs the option is not run otherwise in silence. */
function checkAhead(selectAhead: unknown = false, { architecture, layout }: VlaAdapter): boolean {
  const only = layout.aheadOnly === true;
  if (typeof selectAhead === "boolean" && (selectAhead || !only)) return selectAhead;
  const found = JSON.stringify(selectAhead);
  if (only) throw needsAhead(architecture, found);
  throw new VlaPrunerError("invalid-option", {
    expected: "selectAhead: true or false",
    found,
    fix: "leave it out to choose tokens by the call's own scores",
  });
}

function checkGap(gap: number): void {
  if (typeof gap === "number" && gap > 0) return;
  throw new VlaPrunerError("invalid-option", {
    expected: "episodeGap: seconds, more than 0",
    found: String(gap),
    fix: "leave it out for 5 s, or pass Infinity for no warning",
  });
}
