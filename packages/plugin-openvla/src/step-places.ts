import { float32Tensor, int32Tensor, int64Tensor } from "@vla-pruner/core/adapter";
import type { NamedTensors } from "@vla-pruner/core/adapter";
import type { OneRunBlock, OpenVlaVla } from "./openvla-vla.ts";

/** Rows of a call. */
export interface StepRows {
  /** Rows of prompt and picture. */
  readonly sequence: number;
  readonly keep: Int32Array;
  /** Whether a draft is verified with them. */
  readonly drafted: boolean;
}

/** Rows below the cut, or columns of a mask there, and above it. */
type BySide = Readonly<Record<(typeof SIDES)[number], number>>;

const SIDES = ["below", "above"] as const;

/** A score that says "not this column" to a softmax. */
const MASKED = -3.4e38;

/** Which rows go on, where they stand, and how long the caches are at every pass: inputs of a graph that does a whole step. */
export function stepPlaces(
  vla: OpenVlaVla,
  form: OneRunBlock,
  { sequence, keep, drafted }: StepRows,
): NamedTensors {
  const { actions, room } = form;
  const { key_value_heads: heads, head_size: size, positions } = vla.decoder;
  const text = range(1 + vla.views * vla.vision_tokens_per_view, sequence);
  const rows = [0, ...Array.from(keep, (index) => index + 1), ...text];
  const later = range(sequence, sequence + actions - 1);
  const base = { below: sequence, above: rows.length };
  const columns = { below: room ?? base.below + actions - 1, above: room ?? base.above + actions - 1 };
  const cached = [...rows, ...later];
  // Grouped attention wants a row of the tables for all of a room.
  const spare = range(cached.length, columns.above).map((_, index) =>
    Math.min(sequence + actions + index, positions - 1),
  );
  return {
    kept_rows: int64Tensor(drafted ? cached : rows),
    cache_positions: int64Tensor([...cached, ...spare]),
    answer_positions: int64Tensor([sequence - 1, ...later]),
    cache_shape: int64Tensor([1, heads, room ?? columns.above, size]),
    ...masks(base, columns, actions),
    ...lengths(base, form),
  };
}

/** The row of an action sees the prompt and the actions before it. */
function masks(base: BySide, columns: BySide, actions: number): NamedTensors {
  const made = SIDES.map((side) => {
    const width = columns[side];
    const mask = new Float32Array(actions * width);
    for (let row = 0; row < actions; row += 1)
      mask.fill(MASKED, row * width + base[side] + row, (row + 1) * width);
    return [`tap_mask.${side}`, float32Tensor(mask, [actions, width])] as const;
  });
  return Object.fromEntries(made);
}

function lengths(base: BySide, { actions, handed_over: handed }: OneRunBlock): NamedTensors {
  const passes = [
    ...range(0, actions).map((step) => [String(step), step] as const),
    ["draft", actions - 1] as const,
  ];
  const totals = SIDES.flatMap((side) =>
    passes.map(([name, more]) => [`${side}.${name}`, base[side] + more] as const),
  );
  const inputs = (name: string, less: number): NamedTensors =>
    Object.fromEntries(totals.map(([pass, total]) => [`${name}.${pass}`, int32Tensor([total - less])]));
  return {
    ...inputs("total_length", 0),
    ...(handed === undefined
      ? inputs("last_index", 1)
      : { last_indices: int32Tensor(totals.map(([, total]) => total - 1)) }),
  };
}

function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
}
