import { renamedInputs } from "../proto/edit-model.ts";
import type { NodeProto } from "../proto/edit-model.ts";
import { pastLayer, pastOf, presentLayer } from "./caches.ts";
import type { Caches } from "./caches.ts";
import { isCopy, isShapeOp, nodeName } from "./decoder-graph.ts";
import type { DecoderGraph } from "./decoder-graph.ts";
import { tailOutputs } from "./find-cut.ts";
import type { Cut } from "./find-cut.ts";
import { refuse } from "./refuse.ts";
import { sortNodes } from "./sort-nodes.ts";

/** Nodes of the layers from the cut on, reading the kept rows, with lengths of their own. */
export interface TailSlice {
  readonly nodes: readonly NodeProto[];
  /** Inputs of the stock graph that they read. */
  readonly inputs: ReadonlySet<string>;
}

/** Inputs whose meaning is known. Any other might follow the rows, and would be read at the wrong ones. */
const KNOWN = /^(?:attention_mask|position_ids|num_logits_to_keep)$/u;

/** The name of a value of the cut after its rows were chosen. */
export function keptName(value: string): string {
  return `vla_pruner/kept/${value}`;
}

/**
 * Walks backwards from the outputs and stops at the cut. Masks and lengths compute themselves from the shorter inputs;
 * the length of the prompt becomes that of the kept rows, the length of a lower cache that of an upper one.
 *
 * @throws `graph-invalid` where the layers above read anything else of the lower ones
 */
export function sliceTail(graph: DecoderGraph, caches: Caches, cut: Cut, layer: number): TailSlice {
  const made = new Set<number>();
  const inputs = new Set<string>();
  const replaced = new Map<string, string>();
  const todo = tailOutputs(graph, layer);
  const seen = new Set(todo);
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    todo.push(name);
  };
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (cut.values.includes(name) || graph.initializers.has(name)) continue;
    if (graph.inputs.has(name)) {
      checkInput(name, layer);
      inputs.add(name);
      continue;
    }
    const index = graph.producer.get(name);
    const node = index === undefined ? undefined : graph.nodes[index];
    if (index === undefined || node === undefined)
      throw refuse(`a node that makes ${name}`, "none", "export the model again");
    if (cut.below.has(name)) throw crossing(name, node, layer);
    made.add(index);
    for (const read of graph.reads[index] ?? []) {
      const own = lengthHere(graph, caches, cut, node, read, layer);
      if (own === null) visit(read);
      else {
        replaced.set(`${index} ${read}`, own);
        if (own !== keptName(cut.values[0] ?? "")) visit(own);
      }
    }
  }
  checkCopies(graph, made, layer);
  const kept = new Map(cut.values.map((value) => [value, keptName(value)]));
  const nodes = [...made]
    .toSorted((a, b) => a - b)
    .map((index) => {
      const node = graph.nodes[index] as NodeProto;
      return renamedInputs(node, (name) => replaced.get(`${index} ${name}`) ?? kept.get(name) ?? name);
    });
  return { nodes: sortNodes(nodes), inputs };
}

/** What stands in for a length of the lower side; `null` for what is no such length. */
function lengthHere(
  graph: DecoderGraph,
  { firstKeyAbove }: Caches,
  { values, below }: Cut,
  node: NodeProto,
  read: string,
  layer: number,
): string | null {
  if (values.includes(read)) return null;
  const past = graph.inputs.has(read) && pastLayer(read) < layer;
  if (!past && !below.has(read)) return null;
  if (!isShapeOp(node) && !(past && isCopy(node))) {
    if (past) throw crossing(read, node, layer);
    return null; // the walk refuses it by its maker
  }
  const cache = past ? read : copiedTo(graph, read, layer);
  if (cache !== undefined) {
    if (!/\.(?:key|value)$/u.test(cache)) throw crossing(read, node, layer);
    return past ? pastOf(firstKeyAbove) : firstKeyAbove;
  }
  if (graph.isHiddenShape(read)) return keptName(values[0] ?? "");
  throw crossing(read, node, layer);
}

/** The cache of a lower layer that goes out of the graph as a copy of a value, or as the value itself. */
function copiedTo(graph: DecoderGraph, value: string, layer: number): string | undefined {
  return [...graph.outputs.keys()].find((output) => {
    if (!(presentLayer(output) < layer)) return false;
    let name = output;
    for (
      let node = graph.makerOf(name);
      name !== value && node !== undefined && isCopy(node);
      node = graph.makerOf(name)
    )
      name = node.input[0] ?? "";
    return name === value;
  });
}

/** Of a copy of a lower cache, only the length may be read above. */
function checkCopies(graph: DecoderGraph, made: ReadonlySet<number>, layer: number): void {
  const copies = new Map<string, string>();
  for (const index of [...made].toSorted((a, b) => a - b)) {
    const node = graph.nodes[index] as NodeProto;
    for (const read of graph.reads[index] ?? []) {
      const cache =
        copies.get(read) ?? (graph.inputs.has(read) && pastLayer(read) < layer ? read : undefined);
      if (cache === undefined || isShapeOp(node)) continue;
      if (!isCopy(node)) throw crossing(cache, node, layer);
      copies.set(node.output[0] ?? "", cache);
    }
  }
}

function checkInput(name: string, layer: number): void {
  if (KNOWN.test(name) || pastLayer(name) >= layer) return;
  throw refuse(
    `layers from ${layer} on that read the cut, masks, positions and their own caches only`,
    `a reader of the input ${name}, which is not understood`,
  );
}

function crossing(name: string, node: NodeProto, layer: number): Error {
  return refuse(
    `layers from ${layer} on that read nothing of the lower ones but the cut`,
    `${nodeName(node)}, and the value ${name} of the lower layers`,
  );
}
