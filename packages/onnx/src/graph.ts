export { GraphBuilder } from "./graph/graph-builder.ts";
export type { PlannedGraph } from "./graph/graph-builder.ts";
export type { FloatType, Value } from "./graph/graph-model.ts";
export { writeGraph } from "./convert/write-graph.ts";
export { summarizeModel } from "./proto/decode-model.ts";
export type { GraphSummary } from "./proto/decode-model.ts";
