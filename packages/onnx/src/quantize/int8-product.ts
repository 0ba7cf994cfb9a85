import type { PlannedWeight } from "../graph/graph-model.ts";
import { guardOf, NodesBeside } from "./product.ts";
import type { Product, ProductRequest, RowQuantization } from "./product.ts";

/** What stands for zero in the bytes of rows; matrices are signed. */
const ZERO = 128;

/** Largest number of a row in bytes; a row of zeros is divided by something all the same. */
const LARGEST = 127;
const LEAST = 1e-30;

/**
 * The product by a matrix of bytes, with rows that are quantised as they come, each by its own largest number: one far
 * out does not cost the other rows their precision.
 */
export function int8Product(request: ProductRequest): Product {
  const { node, rows, weight, plan, constants, known } = request;
  const [width, height] = plan.dims;
  const matrix = `${weight.name}.int8`;
  const columnScales = `${matrix}.scales`;
  const weights: PlannedWeight[] = [
    {
      name: matrix,
      type: "int8",
      plan: {
        kind: "quantized",
        format: { kind: "int8" },
        tensors: plan.tensors,
        width,
        dims: [width, height],
      },
    },
    { name: columnScales, type: "float32", plan: { kind: "scales", of: matrix, dims: [height] } },
  ];
  const beside = new NodesBeside(node);
  const { bytes, scales } = known.quantized.get(rows) ?? quantizeRows(beside, request, width);
  const zero = constants.byte(ZERO);
  const inputs = [bytes, matrix, constants.float(1), columnScales, zero];
  const product = beside.add("MatMulIntegerToFloat", "product", inputs, { domain: "com.microsoft" });
  return { weights, nodes: [...beside.nodes, { ...node, op: "Mul", inputs: [product, scales] }] };
}

function quantizeRows(beside: NodesBeside, request: ProductRequest, width: number): RowQuantization {
  const { rows, constants, known } = request;
  const magnitudes = beside.add("Abs", "magnitudes", [rows]);
  const attributes = { keepdims: { int: 1 } };
  const largest = beside.add("ReduceMax", "largest", [magnitudes, constants.ints(-1)], { attributes });
  const some = beside.add("Max", "some", [largest, constants.float(LEAST)]);
  const step = beside.add("Mul", "step", [some, constants.float(1 / LARGEST)]);

  // One scale a row is what QuantizeLinear does along one axis: of a matrix, however many axes the rows have.
  const flat = beside.add("Reshape", "flat", [rows, constants.ints(-1, width)]);
  const steps = beside.add("Reshape", "steps", [step, constants.ints(-1)]);
  const count = beside.add("Shape", "count", [steps]);
  const zeros = beside.add("Expand", "zeros", [constants.byte(ZERO), count]);
  const bytes = beside.add("QuantizeLinear", "bytes", [flat, steps, zeros], {
    attributes: { axis: { int: 0 } },
  });
  const shape = beside.add("Shape", "shape", [rows]);
  const quantized = {
    bytes: beside.add("Reshape", "rows", [bytes, shape]),
    scales: beside.add("Add", "scales", [step, guardOf(beside, request)]),
  };
  known.quantized.set(rows, quantized);
  return quantized;
}
