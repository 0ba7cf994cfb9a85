import type { WeightFormat } from "../weights/weight-plan.ts";
import { packInt4 } from "./pack-int4.ts";
import { packInt8 } from "./pack-int8.ts";
import type { QuantizationError } from "./quantization-error.ts";

/** Some rows of a matrix, for whoever has time to quantise them. */
export interface MatrixPiece {
  readonly format: WeightFormat;
  /** `[rows, width]`. */
  readonly values: Float32Array<ArrayBuffer>;
  readonly width: number;
  /** Whether scales will be stored as float16. */
  readonly half: boolean;
  /** For int8: the matrix `[width, total]` that these rows are columns of, from `column` on. */
  readonly into?: { readonly matrix: Int8Array; readonly total: number; readonly column: number };
}

export interface QuantizedPiece {
  /** int4: the rows' bytes; int8: none, they were written into the matrix. */
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly scales: Float32Array<ArrayBuffer>;
  readonly error: QuantizationError;
}

export function quantizePiece({ format, values, width, half, into }: MatrixPiece): QuantizedPiece {
  if (format.kind === "int4") return packInt4(values, width, format.block, half);
  if (into === undefined) throw new TypeError("int8 rows are columns of a matrix");
  return { packed: new Uint8Array(0), ...packInt8(values, width, into.matrix, into.total, into.column) };
}
