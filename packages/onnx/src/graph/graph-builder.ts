import { VlaPrunerError } from "@vla-pruner/format";
import type { Spread, TensorSource } from "../weights/tensor-source.ts";
import { samePlan } from "../weights/weight-plan.ts";
import type { WeightPlan } from "../weights/weight-plan.ts";
import { ABSENT } from "./absent.ts";
import { ConstantPool } from "./constant-pool.ts";
import { expectTensor } from "./expect-tensor.ts";
import type {
  GraphNode,
  PlannedGraph,
  PlannedWeight,
  Subgraph,
  TypedValue,
  Value,
  ValueInfo,
} from "./graph-model.ts";
import type { ElementType, FloatType } from "./value-types.ts";
import type { NodeOptions } from "./node-options.ts";
import { verifyGraph } from "./verify-graph.ts";

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
  #shapes: ValueInfo[] = [];
  #scopes: string[] = [];
  #oneRow = false;
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
    const outputs = Array.from({ length: count }, (_, index) => {
      if (options.unused?.includes(index) === true) return ABSENT;
      return count === 1 ? stem : `${stem}.${index}`;
    });
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

  /**
   * Nodes made inside `build` work on one row, while others of this graph work on many: dtypes may store matrices for the
   * two apart, since many rows are bound by arithmetic and one by reading the matrix.
   */
  oneRow<Result>(build: () => Result): Result {
    const around = this.#oneRow;
    this.#oneRow = true;
    try {
      return build();
    } finally {
      this.#oneRow = around;
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
    const side = (name: string, build: () => Value): Subgraph =>
      this.subgraph(name, [], () => [{ value: build(), type, dims }]);
    const thenBranch = side("then", whenTrue);
    const elseBranch = side("else", whenFalse);
    return this.node("If", [condition], {
      attributes: { then_branch: { graph: thenBranch }, else_branch: { graph: elseBranch } },
    });
  }

  /** Says the shape of a value inside: ONNX Runtime lets values of one known shape share a buffer. */
  shape(name: Value, type: ElementType, dims: ValueInfo["dims"]): void {
    this.#shapes.push({ name, type, dims });
  }

  /** A graph for a node's attribute: it sees this one's values, its weights and constants are this one's. */
  subgraph(name: string, inputs: readonly ValueInfo[], build: () => readonly TypedValue[]): Subgraph {
    const [outerNodes, outerShapes] = [this.#nodes, this.#shapes];
    [this.#nodes, this.#shapes] = [[], []];
    try {
      const values = build();
      const own = new Set(this.#nodes.flatMap((node) => node.outputs));
      const outputs = values.map(({ value, type, dims }) => {
        // What comes from around it, or goes out twice, needs a name of its own.
        const given = own.delete(value) ? value : this.node("Identity", [value]);
        return { name: given, type, dims };
      });
      return { name, inputs, nodes: this.#nodes, outputs, shapes: this.#shapes };
    } finally {
      [this.#nodes, this.#shapes] = [outerNodes, outerShapes];
    }
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
    expectTensor(this.checkpoint, name, dims, spread);
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
      shapes: [...this.#shapes],
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
      ...(this.#oneRow && { oneRow: true }),
    });
  }
}
