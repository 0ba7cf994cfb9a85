import { field, number, text } from "../../../src/runtime/device/onnx-fields.ts";

const size = field(1, ...text(2, "n"));
const type = field(2, ...field(1, ...number(1, 1), ...field(2, ...size, ...size)));
const node = (operator: string, output: string): number[] =>
  field(1, ...text(1, "x"), ...text(1, "x"), ...text(2, output), ...text(4, operator));
const graph = [
  ...node("MatMul", "product"),
  ...node("Add", "sum"),
  ...text(2, "square"),
  ...field(11, ...text(1, "x"), ...type),
  ...field(12, ...text(1, "product"), ...type),
  ...field(12, ...text(1, "sum"), ...type),
];

/** A model that makes `product = x · x` and `sum = x + x` of a square matrix of any size, float32 `[n, n]`. */
export const SQUARE_GRAPH: Uint8Array = Uint8Array.from([
  ...number(1, 10), // IR version
  ...field(8, ...text(1, ""), ...number(2, 21)), // operator set
  ...field(7, ...graph),
]);
