import type { NodeProto } from "../proto/edit-model.ts";
import { MICROSOFT, TYPE } from "../proto/edit-model.ts";
import { attributeInt } from "./attributes.ts";
import { isComparison, isShapeOp, nodeName } from "./decoder-graph.ts";
import type { DecoderGraph } from "./decoder-graph.ts";
import { refuse } from "./refuse.ts";

/** Operators that move values about: only their first input is data, the others tell places and sizes. */
const MOVING = new Set(
  "Reshape Expand Tile Slice Unsqueeze Squeeze Pad Split ReduceMax ReduceMin ReduceSum ReduceMean Trilu TopK".split(
    " ",
  ),
);

/** A place where a position that the graph counted is read: input `index` of a node of the tail. */
export interface CountedUse {
  readonly node: NodeProto;
  readonly index: number;
}

/** Operators that make numbers of rows out of lengths. */
const COUNTING = new Set(["Range", "CumSum", "NonZero"]);

/** Whether a node counts, within a branch or a loop too. */
function counts({ opType, attribute }: NodeProto): boolean {
  return COUNTING.has(opType) || attribute.some(({ g }) => g?.node.some(counts) === true);
}

/** Where a rotation of its own operator reads its positions; the standard one may be given tables of its rows. */
function rotationPlace({ domain }: NodeProto): number {
  return domain === MICROSOFT ? 1 : 3;
}

/**
 * Finds the positions that upper layers count for themselves, and that turn hidden states. Kept rows close up there, so
 * they would be numbered anew, without an error.
 *
 * A counted number may decide what is visible (it ends in a comparison) and how long something is; where it meets hidden
 * states as a number, it must be a rotation.
 *
 * @param nodes of the tail, in order
 * @param hidden values of the cut, after the rows were chosen
 * @returns where whole numbers become angles, or look an angle up
 * @throws `graph-invalid` for a use that is not understood
 */
export function countedPositions(
  graph: DecoderGraph,
  nodes: readonly NodeProto[],
  hidden: readonly string[],
): CountedUse[] {
  const makers = new Map(nodes.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const content = new Set(hidden);
  const counted = new Set<string>();
  const given = new Set(["position_ids"]);
  const constant = (name: string): boolean =>
    graph.initializers.has(name) || makers.get(name)?.opType === "Constant";
  const uses = new Map<string, CountedUse>();
  for (const node of nodes) {
    const carriers = carrying(node, counted, constant);
    const isContent = !isShapeOp(node) && node.input.some((name) => content.has(name));
    if (isComparison(node) && node.input.some((name) => given.has(name)))
      throw refuse(
        "positions that turn hidden states only",
        `${nodeName(node)}, which compares them: a mask of original positions over kept rows`,
      );
    if (isContent) for (const name of node.output) content.add(name);
    const turnedBy = node.opType === "RotaryEmbedding" ? (node.input[rotationPlace(node)] ?? "") : "";
    if (turnedBy !== "" && !given.has(turnedBy) && !counted.has(turnedBy))
      throw refuse(
        "positions that are given, or counted in ways that are known",
        `${nodeName(node)}, which has others`,
      );
    if (carriers.length > 0 && (isContent || node.opType === "RotaryEmbedding")) {
      for (const index of carriers) {
        const behind = usesBehind(node, index, makers, counted, graph);
        if (behind.length === 0)
          throw refuse("counted positions that become angles", `${nodeName(node)}, behind which none do`);
        for (const use of behind) uses.set(`${use.node.output[0]} ${use.index}`, use);
      }
    } else if (counts(node) || carriers.length > 0) for (const name of node.output) counted.add(name);
    if (carrying(node, given, constant).length > 0 && !isContent)
      for (const name of node.output) given.add(name);
  }
  return [...uses.values()];
}

/** Inputs through which numbers of a set go on into a node's outputs. */
function carrying(
  node: NodeProto,
  numbers: ReadonlySet<string>,
  constant: (name: string) => boolean,
): number[] {
  if (isComparison(node) || isShapeOp(node) || node.opType === "ConstantOfShape") return [];
  if (node.opType === "Cast" && attributeInt(node, "to") === TYPE.bool) return [];
  const places = [...node.input.keys()].filter((index) => numbers.has(node.input[index] ?? ""));
  if (MOVING.has(node.opType)) return places.filter((index) => index === 0);
  if (node.opType === "Where") return places.filter((index) => index > 0);
  if (node.opType.startsWith("Scatter")) return places.filter((index) => index !== 1);
  // An index carries on only into a table: of other data it picks rows, which stay what they are.
  if (node.opType.startsWith("Gather"))
    return places.filter((index) => index === 0 || constant(node.input[0] ?? ""));
  return places;
}

function usesBehind(
  join: NodeProto,
  index: number,
  makers: ReadonlyMap<string, NodeProto>,
  counted: ReadonlySet<string>,
  graph: DecoderGraph,
): CountedUse[] {
  if (join.opType === "RotaryEmbedding") {
    if (isWhole(graph, makers, join.input[index] ?? "")) return [{ node: join, index }];
  } else if (join.opType !== "Mul") {
    throw refuse(
      "counted positions that turn hidden states",
      `${nodeName(join)}, which mixes them in otherwise`,
    );
  }
  const found: CountedUse[] = [];
  const seen = new Set<string>();
  const todo = [join.input[index] ?? ""];
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    const node = makers.get(name);
    if (seen.has(name) || node === undefined) continue;
    seen.add(name);
    if (COUNTING.has(node.opType))
      throw refuse("positions counted in whole numbers", `${nodeName(node)}, which counts in fractions`);
    for (const [place, read] of node.input.entries()) {
      if (!counted.has(read)) continue;
      const turns = isWhole(graph, makers, read) && !isWhole(graph, makers, name);
      if (turns) found.push({ node, index: place });
      else if (node.opType.startsWith("Gather"))
        throw refuse(
          "a table of angles that is a constant",
          `${nodeName(node)}, whose table is counted out at every run`,
        );
      else todo.push(read);
    }
  }
  return found;
}

/** Follows operators that keep the type, which exporters leave without a stated one. */
function isWhole(graph: DecoderGraph, makers: ReadonlyMap<string, NodeProto>, value: string): boolean {
  const types: readonly number[] = [TYPE.int64, TYPE.int32];
  const node = makers.get(value);
  if (node !== undefined && (node.opType === "Range" || node.opType === "Gather"))
    return isWhole(graph, makers, node.input[0] ?? "");
  return types.includes(graph.typeOf(value));
}
