import { InferenceSession } from "onnxruntime-node";
import type { PlannedGraph } from "../../src/graph/graph-model.ts";
import { encodeModel } from "../../src/proto/encode-model.ts";

/** Opens a graph without weights in ONNX Runtime; rejects where it is refused. */
export async function loadGraph(graph: PlannedGraph): Promise<void> {
  const bytes = encodeModel({ ...graph, initializers: graph.constants });
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
  await session.release();
}
