import type { GraphProto, NodeProto, TensorProto, ValueInfoProto } from "../proto/edit-model.ts";
import { dimsOf, elementTypeOf, TYPE } from "../proto/edit-model.ts";
import { attributeInt } from "./attributes.ts";

/** The input that carries the prompt: words and pictures, `[batch, sequence, hidden]`. */
export const EMBEDS = "inputs_embeds";

/** Operators whose output tells lengths, not content. */
const SHAPE_OPS = new Set(["Shape", "Size"]);

/** Operators whose first output has the shape of an input that is `[batch, sequence, hidden]`. */
const ELEMENTWISE = new Set(
  `Add Sub Mul Div Pow Sqrt Neg Cast Identity CastLike LayerNormalization SimplifiedLayerNormalization RMSNormalization
  SkipSimplifiedLayerNormalization SkipLayerNormalization Tanh Clip`.split(/\s+/u),
);

const COMPARISONS = new Set(
  "Less LessOrEqual Greater GreaterOrEqual Equal Not And Or Xor IsNaN IsInf".split(" "),
);

/** What a node reads, free variables of its subgraphs included. */
export function readsOf(node: NodeProto): string[] {
  const read = node.input.filter((name) => name !== "");
  for (const { g } of node.attribute) {
    if (g === undefined) continue;
    const own = new Set([
      ...g.input.map(({ name }) => name),
      ...g.initializer.map(({ name }) => name),
      ...g.node.flatMap(({ output }) => output),
    ]);
    const inner = [...g.node.flatMap(readsOf), ...g.output.map(({ name }) => name)];
    read.push(...inner.filter((name) => !own.has(name)));
  }
  return read;
}

export function isShapeOp({ opType, domain }: NodeProto): boolean {
  return SHAPE_OPS.has(opType) && domain === "";
}

export function isComparison({ opType }: NodeProto): boolean {
  return COMPARISONS.has(opType);
}

/** Exporters copy a cache before they ask for its length; so does a change of its type. */
export function isCopy({ opType, input }: NodeProto): boolean {
  return opType === "Identity" || opType === "Cast" || (opType === "Concat" && input.length === 1);
}

/** "Softmax /layers.1/softmax", for refusals. */
export function nodeName({ opType, name, output }: NodeProto): string {
  return `${opType} ${name === "" ? (output[0] ?? "") : name}`;
}

/** A decoder's graph with what is asked of it again and again. Nodes go by their index in the file's order. */
export class DecoderGraph {
  readonly nodes: readonly NodeProto[];
  readonly reads: readonly (readonly string[])[];
  readonly producer: ReadonlyMap<string, number>;
  readonly inputs: ReadonlyMap<string, ValueInfoProto>;
  readonly outputs: ReadonlyMap<string, ValueInfoProto>;
  readonly initializers: ReadonlyMap<string, TensorProto>;
  readonly #infos: ReadonlyMap<string, ValueInfoProto>;

  constructor(graph: GraphProto) {
    this.nodes = graph.node;
    this.reads = graph.node.map(readsOf);
    const made = graph.node.flatMap(({ output }, index) =>
      output.filter((name) => name !== "").map((name) => [name, index] as const),
    );
    this.producer = new Map(made);
    this.initializers = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
    const open = graph.input.filter(({ name }) => !this.initializers.has(name));
    this.inputs = new Map(open.map((info) => [info.name, info]));
    this.outputs = new Map(graph.output.map((info) => [info.name, info]));
    this.#infos = new Map([...graph.valueInfo, ...open, ...graph.output].map((info) => [info.name, info]));
  }

  /** The node that makes a value. */
  makerOf(value: string): NodeProto | undefined {
    return this.nodes[this.producer.get(value) ?? -1];
  }

  /** Values whose content follows from some others; lengths do not count as content. */
  contentFrom(values: Iterable<string>): Set<string> {
    const seen = new Set(values);
    for (const [index, node] of this.nodes.entries()) {
      if (isShapeOp(node) || !this.reads[index]?.some((name) => seen.has(name))) continue;
      for (const name of node.output) if (name !== "") seen.add(name);
    }
    return seen;
  }

  /** Indices of the nodes that some values need. `stop` ends a branch. */
  needed(values: Iterable<string>, stop: (value: string) => boolean = () => false): Set<number> {
    const found = new Set<number>();
    const todo = [...values];
    const seen = new Set(todo);
    for (let value = todo.pop(); value !== undefined; value = todo.pop()) {
      const index = stop(value) ? undefined : this.producer.get(value);
      if (index === undefined || found.has(index)) continue;
      found.add(index);
      for (const name of this.reads[index] ?? []) {
        if (seen.has(name)) continue;
        seen.add(name);
        todo.push(name);
      }
    }
    return found;
  }

  /** ONNX's number of a value's element type. */
  typeOf(value: string): number {
    for (let name = value; ;) {
      const stated = elementTypeOf(this.#infos.get(name)) || this.initializers.get(name)?.dataType;
      if (stated) return stated;
      const node = this.makerOf(name);
      if (node === undefined) return TYPE.float32;
      if (node.opType === "Cast") return attributeInt(node, "to");
      if (isShapeOp(node)) return TYPE.int64;
      if (isComparison(node)) return TYPE.bool;
      const constant = node.attribute.find(({ t }) => t !== undefined)?.t?.dataType;
      if (constant !== undefined) return constant;
      if (node.opType === "ConstantOfShape") return TYPE.float32;
      name = node.input[TYPE_INPUT[node.opType] ?? 0] ?? "";
    }
  }

  dimsOf(value: string): (number | string)[] | null {
    return dimsOf(this.#infos.get(value));
  }

  /** Whether a value is known to be `[batch, sequence, hidden]`, as the prompt is. */
  isHiddenShape(value: string): boolean {
    const prompt = this.dimsOf(EMBEDS);
    const seen = new Set<string>();
    const todo = [value];
    for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
      if (name === EMBEDS) return true;
      if (seen.has(name)) continue;
      seen.add(name);
      const dims = this.dimsOf(name);
      if (dims?.length === 3 && prompt !== null && dims.every((size, axis) => size === prompt[axis]))
        return true;
      const node = this.makerOf(name);
      if (node === undefined || !ELEMENTWISE.has(node.opType)) continue;
      if (node.opType.startsWith("Skip") || node.output[0] === name) todo.push(...node.input.slice(0, 2));
    }
    return false;
  }
}

/** The input whose type an operator's output has, where that is not the first. */
const TYPE_INPUT: Readonly<Record<string, number>> = {
  Where: 1,
  MatMulIntegerToFloat: 2,
  DequantizeLinear: 1,
  QMoE: 0,
};
