import { field, number, text } from "./onnx-fields.ts";

const size = field(1, ...number(1, 2));
const type = field(2, ...field(1, ...number(1, 1), ...field(2, ...size, ...size)));
const node = [...text(1, "x"), ...text(1, "x"), ...text(2, "y"), ...text(4, "MatMul")];
const graph = [
  ...field(1, ...node),
  ...text(2, "product"),
  ...field(11, ...text(1, "x"), ...type),
  ...field(12, ...text(1, "y"), ...type),
];

/** A model of one node, `y = x · x`, float32 `[2, 2]`: small enough to build on the spot. */
export const PRODUCT_GRAPH: Uint8Array = Uint8Array.from([
  ...number(1, 10), // IR version
  ...field(8, ...text(1, ""), ...number(2, 21)), // operator set
  ...field(7, ...graph),
]);
