import { VlaPrunerError } from "@vla-pruner/format";
import { countTokens } from "../adapter/layout.ts";
import type { PruneDecision, TokenPruner } from "../token-pruner.ts";
import type {
  ActionChunk,
  ActResult,
  ModelLayout,
  SeenAhead,
  SemanticAttention,
  ViewSpan,
  VlaAdapter,
} from "../vla-adapter.ts";

/** Visual tokens in all, after checking that views are contiguous and the similarity matrix is square. */
export function checkVision({ views, similarity }: SeenAhead["vision"]): number {
  let total = 0;
  for (const view of views) {
    if (view.start !== total || view.count < 1) {
      throw mismatch(
        `view "${view.name}" to start at visual token ${total}`,
        `start ${view.start}, count ${view.count}`,
      );
    }
    total += view.count;
  }
  if (similarity.length !== total * total) {
    throw mismatch(`similarity of ${total} × ${total} visual tokens`, `${similarity.length} values`);
  }
  return total;
}

/** Semantic scores, after checking that each has a value for each visual token. */
export function checkSemantic({ semantic }: SeenAhead["head"], vision: number): SemanticAttention {
  const { scores, visibleRows } = semantic;
  for (const [rows, score] of Object.entries({ ...scores, ...(visibleRows && { visibleRows }) })) {
    if (score.length !== vision)
      throw mismatch(`${rows} of ${vision} visual tokens`, `${score.length} values`, "prefillHead");
  }
  return semantic;
}

/** What a whole run showed, after checking that it is there, and of the views that tokens were chosen from. */
export function checkSeen({ seen }: ActResult, views: readonly ViewSpan[]): SeenAhead {
  if (seen !== undefined && countTokens(seen.vision.views) === countTokens(views)) return seen;
  throw mismatch(
    `what a run showed of ${countTokens(views)} visual tokens`,
    seen === undefined ? "nothing" : `${countTokens(seen.vision.views)}`,
    "ahead",
  );
}

/** The action score that will be remembered, after checking that it has a value for each visual token. */
export function checkScore(score: Float32Array, vision: number): Float32Array {
  if (score.length === vision) return score;
  throw new VlaPrunerError("adapter-mismatch", {
    expected: `action attention of ${vision} visual tokens`,
    found: `${score.length} values`,
    fix: "correct the middleware that changes what observe is given",
  });
}

/** This call's own action attention `[vision]`, where the layout promises it. */
export function checkCurrentAction(
  { currentAction }: SeenAhead["head"],
  layout: ModelLayout,
  vision: number,
): Float32Array | null {
  if (layout.currentAction !== true) return null;
  if (currentAction?.length === vision) return currentAction;
  throw mismatch(
    `currentAction of ${vision} visual tokens, which layout.currentAction promises`,
    currentAction === undefined ? "none" : `${currentAction.length} values`,
    "prefillHead",
  );
}

/** What a robot will do, after checking that it is made of finite numbers. */
export function checkChunk(chunk: ActionChunk): ActionChunk {
  const wrong = chunk.actions.flat().find((value) => !Number.isFinite(value));
  if (wrong === undefined) return chunk;
  throw new VlaPrunerError("action-invalid", {
    expected: "actions of finite numbers",
    found: String(wrong),
    fix: "stop the robot; check the model's statistics, the adapter's toAction and the middleware around it",
  });
}

/** Kept indices, after checking that they are ascending, unique and in range. */
export function checkKeep(
  keep: Int32Array,
  vision: number,
  decision: PruneDecision["decision"] = "pruned",
): Int32Array {
  const ordered = keep.every(
    (index, place) => index >= 0 && index < vision && (place === 0 || index > (keep[place - 1] ?? 0)),
  );
  if (!ordered || keep.length === 0 || (decision === "dense" && keep.length !== vision)) {
    throw new VlaPrunerError("adapter-mismatch", {
      expected: `kept visual indices: ascending, unique, from 0 to ${vision - 1}${decision === "dense" ? ", all of them" : ""}`,
      found: `${keep.length} indices, ${ordered ? "in order" : "out of order or range"}`,
      fix: "let the pruner return a sorted Int32Array without repeats",
    });
  }
  return keep;
}

/**
 * Refuses a pruner that reads what the model does not report, before the first step.
 *
 * @throws `invalid-option`
 */
export function checkPruner(pruner: TokenPruner, { architecture, layout }: VlaAdapter): void {
  const wrong = pruner.temporal?.actionLayers?.find((layer) => !layout.tappedLayers.includes(layer));
  if (wrong !== undefined) {
    throw new VlaPrunerError("invalid-option", {
      expected: `action layers among the tapped ones: ${layout.tappedLayers.join(", ")}`,
      found: String(wrong),
      fix: "choose tapped layers, or convert the checkpoint again with --tap-layers all",
    });
  }
  if (pruner.needsCurrentAction !== true || layout.currentAction === true) return;
  throw new VlaPrunerError("invalid-option", {
    expected: `a model whose action rows exist below the cut and are tapped at layer ${layout.pruneLayer - 1}, for ${pruner.name}`,
    found: `${architecture}, tapped at ${layout.tappedLayers.join(", ")}`,
    fix: "convert the checkpoint with --tap-layers all if it has such rows, or choose another pruner",
  });
}

function mismatch(expected: string, found: string, method = "encodeVision"): VlaPrunerError {
  return new VlaPrunerError("adapter-mismatch", {
    expected,
    found,
    fix: `correct the adapter's ${method}`,
  });
}
