import { typeNumber } from "../graph/element-types.ts";
import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";
import type { ElementType } from "../graph/value-types.ts";

/** A place of an axis: a number, negative from the end, or an int64 vector of one. */
export type Bound = Value | number;

/** Some places of an axis, first and one past the last. */
export interface ColumnRange {
  readonly start: Bound;
  readonly end: Bound;
}

/** Places `start … end − 1`, as constants of the graph. */
export function span(graph: GraphBuilder, start: number, end: number): ColumnRange {
  return { start: graph.constants.ints(start), end: graph.constants.ints(end) };
}

/** One past the last place of any axis. */
export const END: number = 2 ** 31;

/** Fixed-shape reshape; 0 keeps a size, −1 infers one. */
export function reshape(graph: GraphBuilder, x: Value, ...dims: readonly number[]): Value {
  return graph.node("Reshape", [x, graph.constants.ints(...dims)]);
}

export function transpose(graph: GraphBuilder, x: Value, ...order: readonly number[]): Value {
  return graph.node("Transpose", [x], { attributes: { perm: { ints: order } } });
}

export function concat(graph: GraphBuilder, values: readonly Value[], axis: number): Value {
  return graph.node("Concat", values, { attributes: { axis: { int: axis } } });
}

/** `x[start … end − 1]` along one axis. */
export function slice(graph: GraphBuilder, x: Value, start: Bound, end: Bound, axis: number): Value {
  const [first, past] = [bound(graph, start), bound(graph, end)];
  return graph.node("Slice", [x, first, past, graph.constants.ints(axis)]);
}

function bound(graph: GraphBuilder, place: Bound): Value {
  return typeof place === "number" ? graph.constants.ints(place) : place;
}

/** Size of one axis, int64 `[1]`. */
export function sizeOfAxis(graph: GraphBuilder, x: Value, axis: number): Value {
  return graph.node("Shape", [x], { attributes: { start: { int: axis }, end: { int: axis + 1 } } });
}

/**
 * Cast to a type; does nothing where `from` is that type already.
 *
 * @throws `graph-invalid` for a type that is none of ours
 */
export function cast(graph: GraphBuilder, x: Value, from: ElementType, to: ElementType): Value {
  return from === to ? x : graph.node("Cast", [x], { attributes: { to: { int: typeNumber(to) } } });
}

export function mean(graph: GraphBuilder, x: Value, axes: readonly number[], keepAxes = false): Value {
  return graph.node("ReduceMean", [x, graph.constants.ints(...axes)], {
    attributes: { keepdims: { int: keepAxes ? 1 : 0 } },
  });
}

export function sum(graph: GraphBuilder, x: Value, axes: readonly number[], keepAxes = false): Value {
  return graph.node("ReduceSum", [x, graph.constants.ints(...axes)], {
    attributes: { keepdims: { int: keepAxes ? 1 : 0 } },
  });
}

/** Drops leading axes of size 1 or adds them. */
export function unsqueeze(graph: GraphBuilder, x: Value, ...axes: readonly number[]): Value {
  return graph.node("Unsqueeze", [x, graph.constants.ints(...axes)]);
}

export function squeeze(graph: GraphBuilder, x: Value, ...axes: readonly number[]): Value {
  return graph.node("Squeeze", [x, graph.constants.ints(...axes)]);
}

/** int64 scalar from a vector of one. */
function scalar(graph: GraphBuilder, x: Value): Value {
  return graph.node("Squeeze", [x, graph.constants.ints(0)]);
}

/** `start … end − 1`, int64. */
export function range(graph: GraphBuilder, start: Bound, end: Bound): Value {
  const [first, past] = [bound(graph, start), bound(graph, end)];
  return graph.node("Range", [scalar(graph, first), scalar(graph, past), graph.constants.int(1)]);
}
