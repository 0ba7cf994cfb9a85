import { float32Tensor, int32Tensor, int64Tensor, keptRows } from "@vla-pruner/core/adapter";
import type { GraphTensor, NamedTensors } from "@vla-pruner/core/adapter";
import type { OneRunBlock, OpenVlaVla } from "./openvla-vla.ts";

/** Rows of a call. */
export interface StepRows {
  /** Rows of prompt and picture. */
  readonly sequence: number;
  readonly keep: Int32Array;
  /** Whether rows of a draft are among those that are handed over. */
  readonly drafted: boolean;
  /** Whether caches above the cut start from a room. */
  readonly room: boolean;
}

/** Rows below the cut, or columns of a mask there, and above it. */
type BySide = Readonly<Record<(typeof SIDES)[number], number>>;

const SIDES = ["below", "above"] as const;

/** A score that says "not this column" to a softmax. */
const MASKED = -3.4e38;

/** Which rows go on, where they stand, and how long the caches are at every pass: inputs of a graph that does a whole step. */
export function stepPlaces(
  vla: OpenVlaVla,
  { actions, handed_over: handed }: OneRunBlock,
  { sequence, keep, drafted, room }: StepRows,
): NamedTensors {
  const rows = keptRows(keep, { start: 1, vision: vla.views * vla.vision_tokens_per_view, sequence });
  const later = range(sequence, sequence + actions - 1);
  const cached = [...rows, ...later];
  const base = { below: sequence, above: rows.length };
  const places = { ...masks(base, actions), last_indices: lastIndices(base, actions) };
  if (handed === undefined) return { ...places, kept_rows: int64Tensor(cached) };
  const { key_value_heads: heads, head_size: size } = vla.decoder;
  return {
    ...places,
    ...totals(base, actions),
    kept_rows: int64Tensor(drafted ? cached : rows),
    cache_positions: int64Tensor(cached),
    answer_positions: int64Tensor([sequence - 1, ...later]),
    ...(room && { cache_shape: int64Tensor([1, heads, cached.length, size]) }),
  };
}

/** The row of an action sees the prompt and the actions before it. */
function masks(base: BySide, actions: number): NamedTensors {
  const made = SIDES.map((side) => {
    const width = base[side] + actions - 1;
    const mask = new Float32Array(actions * width);
    for (let row = 0; row < actions; row += 1)
      mask.fill(MASKED, row * width + base[side] + row, (row + 1) * width);
    return [`tap_mask.${side}`, float32Tensor(mask, [actions, width])] as const;
  });
  return Object.fromEntries(made);
}

function lastIndices(base: BySide, actions: number): GraphTensor {
  return int32Tensor(SIDES.flatMap((side) => range(base[side] - 1, base[side] - 1 + actions)));
}

function totals(base: BySide, actions: number): NamedTensors {
  const named = SIDES.flatMap((side) =>
    range(0, actions).map(
      (pass) => [`total_length.${side}.${pass}`, int32Tensor([base[side] + pass])] as const,
    ),
  );
  return Object.fromEntries(named);
}

function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
}
