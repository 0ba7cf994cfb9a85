import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { writeGraph } from "../../src/convert/write-graph.ts";
import { GraphBuilder } from "../../src/graph/graph-builder.ts";
import type { PlannedGraph } from "../../src/graph/graph-model.ts";
import type { ElementType, FloatType } from "../../src/graph/value-types.ts";
import { float16Value } from "@vla-pruner/format";
import { packFloat16 } from "../../src/weights/float16.ts";
import type { TensorSource } from "../../src/weights/tensor-source.ts";
import { MapSource } from "./map-source.ts";
import { withFolder } from "./temporary-folder.ts";

/** An input: numbers, whatever their type in the graph. `float` stands for the graph's float type. */
export interface Feed {
  readonly type: ElementType | "float";
  readonly dims: readonly number[];
  readonly values: ArrayLike<number>;
}

/** A vector of whole numbers. */
export function vectorFeed(type: "int32" | "int64", ...values: readonly number[]): Feed {
  return { type, dims: [values.length], values };
}

/** An output, as numbers. */
export interface Result {
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

export interface GraphUnderTest {
  /** Adds nodes and outputs. Feeds that it does not make inputs of become inputs of their own dims. */
  readonly build: (graph: GraphBuilder) => void;
  readonly feeds: Readonly<Record<string, Feed>>;
  readonly weights?: TensorSource;
  readonly floatType?: FloatType;
  /** What happens to the graph before it is written. */
  readonly change?: (graph: PlannedGraph) => PlannedGraph;
  /** Largest data file, in bytes. */
  readonly fileLimit?: number;
}

/** Knows the inputs it was asked for. */
class FedGraphBuilder extends GraphBuilder {
  readonly made = new Set<string>();

  override input(...[name, type, dims]: Parameters<GraphBuilder["input"]>): string {
    this.made.add(name);
    return super.input(name, type, dims);
  }
}

/** Writes a graph to a temporary folder, opens it in ONNX Runtime, and runs it once. */
export async function runGraph(test: GraphUnderTest): Promise<Record<string, Result>> {
  const { build, feeds, weights = new MapSource(), floatType = "float32", change, fileLimit } = test;
  const graph = new FedGraphBuilder("test", weights, floatType);
  build(graph);
  const tensors = Object.entries(feeds).map(([name, feed]) => {
    const type = feed.type === "float" ? floatType : feed.type;
    if (!graph.made.has(name)) graph.input(name, type, feed.dims);
    return [name, tensorOf({ ...feed, type })] as const;
  });
  return withFolder(async (folder) => {
    await writeGraph(
      change?.(graph.build()) ?? graph.build(),
      weights,
      folder,
      "test.onnx",
      fileLimit === undefined ? {} : { fileLimit },
    );
    return runFile(join(folder, "test.onnx"), Object.fromEntries(tensors));
  });
}

/** The only output of a graph whose last value `build` returns, in the graph's float type. */
export async function runValue(
  test: Omit<GraphUnderTest, "build"> & { readonly build: (graph: GraphBuilder) => string },
  type?: ElementType,
): Promise<Result> {
  const build = (graph: GraphBuilder): void =>
    graph.output(test.build(graph), "result", type ?? graph.floatType, []);
  const { result } = await runGraph({ ...test, build });
  if (result === undefined) throw new Error("the graph has no output");
  return result;
}

async function runFile(path: string, feeds: Record<string, Tensor>): Promise<Record<string, Result>> {
  const session = await InferenceSession.create(path, { logSeverityLevel: 4 });
  try {
    const outputs = Object.entries(await session.run(feeds));
    return Object.fromEntries(
      outputs.map(([name, { dims, data }]) => [name, { dims, values: numbers(data) }]),
    );
  } finally {
    await session.release();
  }
}

function tensorOf({ type, dims, values }: Feed & { type: ElementType }): Tensor {
  if (type === "float32") return new Tensor(type, Float32Array.from(values), dims);
  if (type === "float16") return new Tensor(type, packFloat16(Float32Array.from(values)), dims);
  if (type === "int32") return new Tensor(type, Int32Array.from(values), dims);
  if (type === "int64") return new Tensor(type, BigInt64Array.from(Array.from(values, BigInt)), dims);
  return new Tensor("bool", Uint8Array.from(values), dims);
}

/** Half-precision numbers come as bits on Node 20, as a Float16Array on newer ones. */
function numbers(data: Tensor.DataType): number[] {
  return Array.from<number | bigint | string, number>(data, (value) =>
    data instanceof Uint16Array ? float16Value(Number(value)) : Number(value),
  );
}
