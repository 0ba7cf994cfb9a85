export { ABSENT } from "./graph/absent.ts";
export { GraphBuilder } from "./graph/graph-builder.ts";
export type { PlannedGraph, Value } from "./graph/graph-model.ts";
export type { FloatType } from "./graph/value-types.ts";
export type { NodeSpec } from "./graph/spec-types.ts";
export { verifyGraph } from "./graph/verify-graph.ts";
export { writeGraph } from "./convert/write-graph.ts";
export { summarizeModel } from "./proto/decode-model.ts";
export type { GraphSummary } from "./proto/decode-model.ts";
