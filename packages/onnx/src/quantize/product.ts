import type { ConstantPool } from "../graph/constant-pool.ts";
import type { GraphNode, PlannedWeight, Value } from "../graph/graph-model.ts";
import type { TransposedPlan } from "../weights/weight-plan.ts";

/** Rows as bytes around 128, `[…, width]`, and what each row of them is multiplied by, `[…, 1]`. */
export interface RowQuantization {
  readonly bytes: Value;
  readonly scales: Value;
}

/** A product that is to be quantised. */
export interface ProductRequest {
  readonly node: GraphNode;
  /** `[…, in]`. */
  readonly rows: Value;
  /** `[in, Σ out]`. */
  readonly weight: PlannedWeight;
  readonly plan: TransposedPlan;
  readonly constants: ConstantPool;
  /** What was made of rows for products before, by the rows' name; the product adds its own. */
  readonly known: KnownRows;
}

export interface KnownRows {
  readonly quantized: Map<Value, RowQuantization>;
  readonly guards: Map<Value, Value>;
}

/** What stands for the product. */
export interface Product {
  readonly nodes: readonly GraphNode[];
  readonly weights: readonly PlannedWeight[];
}

/** Nodes that stand beside the one that is replaced, named after it, in order. */
export class NodesBeside {
  readonly nodes: GraphNode[] = [];
  readonly #name: string;

  constructor({ name }: GraphNode) {
    this.#name = name;
  }

  /** Adds a node with one output. */
  add(op: string, what: string, inputs: readonly Value[], options: Partial<GraphNode> = {}): Value {
    const name = `${this.#name}/${what}`;
    this.nodes.push({ op, name, inputs, domain: "", outputs: [name], attributes: {}, ...options });
    return name;
  }
}

/**
 * Adds to the nodes what is 0 for each row, `[…, 1]`, and NaN where the row has a NaN or an infinity: quantising takes
 * those for numbers, and a step that should fail would act.
 */
export function guardOf(beside: NodesBeside, { rows, constants, known }: ProductRequest): Value {
  const before = known.guards.get(rows);
  if (before !== undefined) return before;
  const attributes = { keepdims: { int: 1 } };
  const total = beside.add("ReduceSum", "total", [rows, constants.ints(-1)], { attributes });
  const guard = beside.add("Mul", "guard", [total, constants.float(0)]);
  known.guards.set(rows, guard);
  return guard;
}
