import { VlaPrunerError } from "@vla-pruner/core";
import type { ModelLayout, SemanticAttention, StageMiddleware, TokenPruner } from "@vla-pruner/core";

/** What the adapter hands on below the cut, as far as this file is concerned. */
export interface CurrentAction {
  /** The placeholders' attention at layer K − 1 of this call, `[vision]`; `null` where it is not tapped. */
  readonly currentAction: Float32Array | null;
}

/** Defaults of the paper, as in core. */
const WINDOW = 3;
const DECAY = 0.8;

/**
 * Makes the forecast know this very call: the placeholders exist below the cut already, so their attention
 * at layer K − 1 joins the history as its newest entry, with weight 1 before `γ, γ² …` (ours, not the
 * paper's). Warm-up stays as it is. The step's reported forecast is the one without it. Episodes with another
 * pruner stay as they are.
 *
 * @example
 * const pruner = vlaPruner({ retention: 0.25 });
 * createPolicy({ adapter, pruner, middleware: [currentAction(pruner)] });
 *
 * @param pruner the one whose forecast it is; wrappers of it count as itself
 */
export function currentAction(pruner: TokenPruner): StageMiddleware {
  const { window = WINDOW, decay = DECAY } = pruner.temporal ?? {};
  const past = Array.from({ length: window }, (_, age) => decay ** (age + 1)).reduce(
    (sum, weight) => sum + weight,
    0,
  );
  // Steps of several episodes may overlap: the attention of a step tells which one it is.
  const maps = new WeakMap<SemanticAttention, Float32Array>();
  return {
    async prefillHead(_, next) {
      const head = await next();
      const { currentAction: map } = head.state as CurrentAction;
      if (map === null) throw untapped();
      maps.set(head.semantic, map);
      return head;
    },
    async select({ context, pruner: own }, next) {
      // A wrapper spreads what it wraps, so it has the very same options.
      if (own.temporal !== pruner.temporal) return next();
      const map = maps.get(context.semantic);
      const { forecast } = context;
      if (map === undefined || forecast === null) return next();
      const joined = forecast.map((value, column) => ((map[column] ?? 0) + past * value) / (1 + past));
      return own.select({ ...context, forecast: joined });
    },
  };
}

/** @throws `invalid-option` when the placeholders' attention at layer K − 1 is not tapped */
export function checkTapped({ pruneLayer, tappedLayers }: ModelLayout): void {
  if (!tappedLayers.includes(pruneLayer - 1)) throw untapped();
}

function untapped(): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: "a model that reports action attention at the last layer below the cut",
    found: "none",
    fix: "convert it with --tap-layers all, or leave currentAction out",
  });
}
