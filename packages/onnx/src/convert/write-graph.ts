import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PlannedGraph } from "../graph/graph-model.ts";
import type { Initializer } from "../graph/graph-model.ts";
import { verifyGraph } from "../graph/verify-graph.ts";
import { encodeModel } from "../proto/encode-model.ts";
import { DataFiles } from "../weights/data-files.ts";
import { sizeOf } from "../weights/tensor-source.ts";
import type { TensorSource } from "../weights/tensor-source.ts";
import { BYTES, writeWeight } from "../weights/write-weight.ts";

export interface WriteGraphOptions {
  /** Called with the bytes of every weight that is done. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
  /** Largest data file, in bytes. */
  readonly fileLimit?: number;
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
  const initializers: Initializer[] = [...graph.constants];
  try {
    for (const { name, type, plan } of graph.weights) {
      options.signal?.throwIfAborted();
      const storage = await writeWeight(plan, type, source, files);
      initializers.push({ name, type, dims: plan.dims, storage });
      options.onBytes?.(storage.length);
    }
    await files.close();
  } catch (error) {
    await files.abandon();
    throw error;
  }
  const bytes = encodeModel({ ...graph, initializers });
  await writeFile(join(folder, fileName), bytes);
  return { graph: bytes.length, data: files.sizes };
}
