import { VlaPrunerError } from "@vla-pruner/format";
import type { ElementType } from "./value-types.ts";

/** ONNX's numbers of the element types (`TensorProto.DataType`). */
export const TYPE_NUMBERS: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
};

/** Bytes of one element. */
export const BYTES: Readonly<Record<ElementType, number>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
};

export const ELEMENT_TYPES = Object.keys(TYPE_NUMBERS) as readonly ElementType[];

/**
 * ONNX's number of an element type.
 *
 * @throws `graph-invalid` for a type that graphs here do not have
 */
export function typeNumber(type: ElementType): number {
  if (Object.hasOwn(TYPE_NUMBERS, type)) return TYPE_NUMBERS[type];
  throw new VlaPrunerError("graph-invalid", {
    expected: `an element type: ${ELEMENT_TYPES.join(", ")}`,
    found: type,
    fix: "name one of these in the recipe",
  });
}

/** Classes of types that operators have in common: what ONNX Runtime has kernels for. */
export const FLOATS: readonly ElementType[] = ["float32", "float16"];
export const INDICES: readonly ElementType[] = ["int32", "int64"];
export const NUMBERS: readonly ElementType[] = [...FLOATS, ...INDICES];
