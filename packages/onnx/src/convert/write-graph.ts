import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BYTES } from "../graph/element-types.ts";
import type { Initializer, PlannedGraph } from "../graph/graph-model.ts";
import { verifyGraph } from "../graph/verify-graph.ts";
import { encodeModel } from "../proto/encode-model.ts";
import type { QuantizationError } from "../quantize/quantization-error.ts";
import { MatrixQuantizer } from "../quantize/matrix-quantizer.ts";
import { DataFiles } from "../weights/data-files.ts";
import { ScaledRowsSource } from "../weights/scaled-rows.ts";
import { sizeOf } from "../weights/tensor-source.ts";
import type { TensorSource } from "../weights/tensor-source.ts";
import type { QuantizedPlan } from "../weights/weight-plan.ts";
import { writeWeights } from "../weights/write-weights.ts";

export interface WriteGraphOptions {
  /** Called with the bytes of every weight that is done. */
  readonly onBytes?: (bytes: number) => void;
  /** Called with every matrix that was quantised. */
  readonly onQuantized?: (plan: QuantizedPlan, error: QuantizationError) => void;
  readonly signal?: AbortSignal;
  /** Largest data file, in bytes. */
  readonly fileLimit?: number;
  /** What quantises; the calling thread alone where absent. */
  readonly quantizer?: MatrixQuantizer;
}

/** Bytes that `writeGraph` left on disk. */
export interface GraphFileSizes {
  readonly graph: number;
  readonly data: readonly number[];
}

/** Bytes that the weights of a graph will take, before alignment. */
export function weightBytes(graph: PlannedGraph): number {
  return graph.weights.reduce((sum, { type, plan }) => sum + sizeOf(plan.dims) * BYTES[type], 0);
}

/**
 * Writes `<folder>/<fileName>` and its data files, weight by weight.
 *
 * @throws `graph-invalid`, before anything is written, where a node is not legal
 */
export async function writeGraph(
  graph: PlannedGraph,
  source: TensorSource,
  folder: string,
  fileName: string,
  options: WriteGraphOptions = {},
): Promise<GraphFileSizes> {
  verifyGraph(graph);
  const files = new DataFiles(folder, fileName, options.fileLimit);
  let weights: Initializer[];
  try {
    weights = await writeWeights(graph.weights, new ScaledRowsSource(source), files, {
      ...options,
      quantizer: options.quantizer ?? new MatrixQuantizer(0),
    });
    await files.close();
  } catch (error) {
    await files.abandon();
    throw error;
  }
  const bytes = encodeModel({ ...graph, initializers: [...graph.constants, ...weights] });
  await writeFile(join(folder, fileName), bytes);
  return { graph: bytes.length, data: files.sizes };
}
