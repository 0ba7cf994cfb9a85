import { VlaPrunerError } from "@vla-pruner/errors";
import type { PruneDecision } from "../token-pruner.ts";
import type { VisionTokens } from "../vla-adapter.ts";

/** Visual tokens in all, after checking that views are contiguous and the similarity matrix is square. */
export function checkVision({ views, similarity }: VisionTokens): number {
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

/** The kept indices of a decision, after checking that they are ascending, unique and in range. */
export function checkDecision({ keep, decision }: PruneDecision, vision: number): Int32Array {
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

/** Refuses action layers that the model's graphs do not report, before the first step. */
export function checkActionLayers(chosen: readonly number[], tapped: readonly number[]): void {
  const wrong = chosen.find((layer) => !tapped.includes(layer));
  if (wrong === undefined) return;
  throw new VlaPrunerError("invalid-option", {
    expected: `action layers among the tapped ones: ${tapped.join(", ")}`,
    found: String(wrong),
    fix: "choose tapped layers, or convert the checkpoint again with --tap-layers all",
  });
}

function mismatch(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("adapter-mismatch", {
    expected,
    found,
    fix: "correct the adapter's encodeVision",
  });
}
