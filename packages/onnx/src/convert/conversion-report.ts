import { relativeError } from "../quantize/quantization-error.ts";
import type { QuantizationError } from "../quantize/quantization-error.ts";
import type { QuantizedPlan, WeightFormat } from "../weights/weight-plan.ts";

/** What quantising did to one matrix. */
export interface MatrixReport {
  readonly session: string;
  /** Checkpoint tensors that it holds, one under the other. */
  readonly tensors: readonly string[];
  readonly rows: number;
  readonly width: number;
  readonly format: WeightFormat["kind"];
  /** Numbers that share a scale: a block, or a row. */
  readonly block: number;
  /** Root mean square of the differences, over that of the numbers. */
  readonly relativeError: number;
  /** Largest difference of a number, in its own units. */
  readonly largestError: number;
}

/** What a conversion tells of itself. */
export interface ConversionReport {
  /** Matrices that were quantised, in the order in which they were done. */
  readonly quantized: readonly MatrixReport[];
  /** What the user should know before trusting the model, a sentence each. */
  readonly warnings: readonly string[];
}

export function matrixReport(session: string, plan: QuantizedPlan, error: QuantizationError): MatrixReport {
  const { format, tensors, width, dims } = plan;
  const int4 = format.kind === "int4";
  return {
    session,
    tensors,
    rows: (int4 ? dims[0] : dims[1]) ?? 0,
    width,
    format: format.kind,
    block: int4 ? format.block : width,
    relativeError: relativeError(error),
    largestError: error.largest,
  };
}
