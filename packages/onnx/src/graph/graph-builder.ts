import { VlaPrunerError } from "@vla-pruner/format";
import type { Spread, TensorSource } from "../weights/tensor-source.ts";
import { samePlan } from "../weights/weight-plan.ts";
import type { WeightPlan } from "../weights/weight-plan.ts";
import { ConstantPool } from "./constant-pool.ts";
import type {
  Attribute,
  GraphNode,
  PlannedGraph,
  PlannedWeight,
  Subgraph,
  Value,
  ValueInfo,
} from "./graph-model.ts";
import type { ElementType, FloatType } from "./value-types.ts";
import type { NodeSpec } from "./spec-types.ts";
import { verifyGraph } from "./verify-graph.ts";

export interface NodeOptions {
  readonly domain?: "com.microsoft";
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** What is legal of the operator, where the table of `@vla-pruner/onnx` does not know it. */
  readonly spec?: NodeSpec;
}

/** Builds one graph, node after node. Values are named after where they come from. */
export class GraphBuilder {
  readonly floatType: FloatType;
  readonly checkpoint: TensorSource;
  readonly constants: ConstantPool = new ConstantPool();
  readonly #name: string;
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #weights = new Map<string, PlannedWeight>();
  #nodes: GraphNode[] = [];
  #scopes: string[] = [];
  #count = 0;

  constructor(name: string, checkpoint: TensorSource, floatType: FloatType) {
    this.#name = name;
    this.checkpoint = checkpoint;
    this.floatType = floatType;
  }

  input(name: string, type: ElementType, dims: ValueInfo["dims"]): Value {
    this.#inputs.push({ name, type, dims });
    return name;
  }

  /** Makes a value an output of the graph, under this name. */
  output(value: Value, name: string, type: ElementType, dims: ValueInfo["dims"]): void {
    this.#add("Identity", [value], [name], {});
    this.#outputs.push({ name, type, dims });
  }

  /** A node with one output. Optional inputs that are left out are `ABSENT`. */
  node(op: string, inputs: readonly Value[], options: NodeOptions = {}): Value {
    const [output = ""] = this.nodes(op, inputs, 1, options);
    return output;
  }

  /** A node with several outputs. */
  nodes(op: string, inputs: readonly Value[], count: number, options: NodeOptions = {}): Value[] {
    const stem = [...this.#scopes, `${op}.${this.#count}`].join("/");
    const outputs = Array.from({ length: count }, (_, index) => (count === 1 ? stem : `${stem}.${index}`));
    this.#add(op, inputs, outputs, options);
    return outputs;
  }

  /** Names of nodes made inside `build` begin with `name`. */
  scope<Result>(name: string, build: () => Result): Result {
    this.#scopes.push(name);
    try {
      return build();
    } finally {
      this.#scopes.pop();
    }
  }

  /** `condition ? whenTrue : whenFalse`; only the branch that is taken runs. */
  branch(
    condition: Value,
    type: ElementType,
    dims: ValueInfo["dims"],
    whenTrue: () => Value,
    whenFalse: () => Value,
  ): Value {
    const thenBranch = this.#subgraph("then", type, dims, whenTrue);
    const elseBranch = this.#subgraph("else", type, dims, whenFalse);
    return this.node("If", [condition], {
      attributes: { then_branch: { graph: thenBranch }, else_branch: { graph: elseBranch } },
    });
  }

  /**
   * A weight; asked for twice, it is stored once. `type` is the graph's float type unless given.
   *
   * @throws `internal` when another weight has the name already: its users would get this one instead
   */
  weight(name: string, plan: WeightPlan, type: FloatType = this.floatType): Value {
    const known = this.#weights.get(name);
    if (known === undefined) this.#weights.set(name, { name, type, plan });
    else if (known.type !== type || !samePlan(known.plan, plan)) {
      throw new VlaPrunerError("internal", {
        expected: `one weight of the name ${name} in graph ${this.#name}`,
        found: "two that differ",
        fix: "give them different names in the recipe",
      });
    }
    return name;
  }

  /**
   * A checkpoint tensor's dims, after checking them.
   *
   * @param spread of its values in synthetic checkpoints
   * @throws `tensor-missing`, `tensor-shape`
   */
  expectTensor(name: string, dims: readonly number[], spread: Spread = {}): readonly number[] {
    this.checkpoint.expect?.(name, dims, spread);
    const info = this.checkpoint.info(name);
    if (info === undefined) {
      throw new VlaPrunerError("tensor-missing", {
        expected: `tensor ${name} ${JSON.stringify(dims)} in the checkpoint`,
        found: "no tensor of that name",
        fix: "check that all shards are there and that config.json belongs to these weights",
      });
    }
    if (info.dims.length !== dims.length || info.dims.some((size, axis) => size !== dims[axis])) {
      throw new VlaPrunerError("tensor-shape", {
        expected: `tensor ${name} of shape ${JSON.stringify(dims)}`,
        found: JSON.stringify(info.dims),
        fix: "check that config.json belongs to these weights",
      });
    }
    return dims;
  }

  /**
   * The graph so far, verified.
   *
   * @throws `graph-invalid` where a node is not legal
   */
  build(): PlannedGraph {
    const graph: PlannedGraph = {
      name: this.#name,
      inputs: [...this.#inputs],
      outputs: [...this.#outputs],
      nodes: [...this.#nodes],
      constants: this.constants.initializers(),
      weights: [...this.#weights.values()],
    };
    verifyGraph(graph);
    return graph;
  }

  #add(op: string, inputs: readonly Value[], outputs: readonly Value[], options: NodeOptions): void {
    const name = [...this.#scopes, `${op}.${this.#count}`].join("/");
    this.#count += 1;
    this.#nodes.push({
      op,
      name,
      inputs,
      outputs,
      domain: options.domain ?? "",
      attributes: options.attributes ?? {},
      ...(options.spec && { spec: options.spec }),
    });
  }

  #subgraph(name: string, type: ElementType, dims: ValueInfo["dims"], build: () => Value): Subgraph {
    const outer = this.#nodes;
    this.#nodes = [];
    try {
      const value = build();
      const output = this.node("Identity", [value]);
      return { name, nodes: this.#nodes, outputs: [{ name: output, type, dims }] };
    } finally {
      this.#nodes = outer;
    }
  }
}
