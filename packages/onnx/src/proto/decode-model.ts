import { fromBinary } from "@bufbuild/protobuf";
import { VlaPrunerError } from "@vla-pruner/format";
import type { Dimension } from "../graph/graph-model.ts";
import { ModelProtoSchema } from "./onnx_pb.ts";
import type { GraphProto, ValueInfoProto } from "./onnx_pb.ts";

/** What a graph file says of itself, for `inspect`. */
export interface GraphSummary {
  readonly nodes: number;
  /** Operator to count, most frequent first. */
  readonly operators: Readonly<Record<string, number>>;
  readonly inputs: readonly { readonly name: string; readonly dims: readonly Dimension[] }[];
  readonly outputs: readonly { readonly name: string; readonly dims: readonly Dimension[] }[];
  /** Elements of all initializers. */
  readonly parameters: number;
}

/**
 * Reads the facts of an `.onnx` file.
 *
 * @throws `model-invalid` when the bytes are not a model
 */
export function summarizeModel(bytes: Uint8Array, where: string): GraphSummary {
  try {
    const { graph } = fromBinary(ModelProtoSchema, bytes);
    if (graph === undefined) throw new Error("the file has no graph");
    const counts = new Map<string, number>();
    for (const { opType } of graph.node) counts.set(opType, (counts.get(opType) ?? 0) + 1);
    return {
      nodes: graph.node.length,
      operators: Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a)),
      inputs: graph.input.map(valueSummary),
      outputs: graph.output.map(valueSummary),
      parameters: parametersOf(graph),
    };
  } catch (cause) {
    throw new VlaPrunerError("model-invalid", {
      expected: `an ONNX graph in ${where}`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "convert the checkpoint again",
      cause,
    });
  }
}

/** Numbers of the checkpoint: two in a byte of a four-bit matrix, none in scales. */
function parametersOf({ node, initializer }: GraphProto): number {
  const numbers = new Map<string, number>();
  for (const { opType, input } of node) {
    const [, matrix = "", third = "", fourth = ""] = input;
    if (opType === "MatMulNBits") numbers.set(matrix, 2).set(third, 0);
    if (opType === "MatMulIntegerToFloat") numbers.set(fourth, 0);
  }
  return initializer.reduce(
    (sum, { name, dims }) => sum + dims.reduce((size, dim) => size * Number(dim), numbers.get(name) ?? 1),
    0,
  );
}

function valueSummary({ name, type }: ValueInfoProto): { name: string; dims: Dimension[] } {
  const dims = type?.value.value?.shape?.dim ?? [];
  return {
    name,
    dims: dims.map(({ value }) => (value.case === "dimParam" ? value.value : Number(value.value ?? 0))),
  };
}
