import { create, toBinary } from "@bufbuild/protobuf";
import { ABSENT } from "../graph/absent.ts";
import { TYPE_NUMBERS } from "../graph/element-types.ts";
import { specOf } from "../graph/node-specs.ts";
import type {
  Attribute,
  GraphModel,
  GraphNode,
  Initializer,
  Value,
  ValueInfo,
} from "../graph/graph-model.ts";
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataLocation as DataLocation,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "./onnx_pb.ts";
import type { AttributeProto, GraphProto, NodeProto, TensorProto, ValueInfoProto } from "./onnx_pb.ts";

const IR_VERSION = 10n;
const OPSET = 21;

const encoder = new TextEncoder();

/** The model as the bytes of an `.onnx` file. Weights in data files are referred to, not contained. */
export function encodeModel(model: GraphModel): Uint8Array {
  const proto = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: "vla-pruner",
    opsetImport: [
      { domain: "", version: BigInt(opsetOf(model.nodes)) },
      { domain: "com.microsoft", version: 1n },
    ],
    graph: graphProto(model),
  });
  return toBinary(ModelProtoSchema, proto);
}

/** The least that all nodes can do with: a later one changes how ONNX Runtime reads and joins the others. */
function opsetOf(nodes: readonly GraphNode[]): number {
  const asked = nodes.flatMap(({ domain, op, spec, attributes }) => [
    (specOf(domain, op) ?? spec)?.opset ?? OPSET,
    ...Object.values(attributes).map((value) => ("graph" in value ? opsetOf(value.graph.nodes) : OPSET)),
  ]);
  return asked.reduce((most, opset) => Math.max(most, opset), OPSET);
}

function graphProto(model: GraphModel): GraphProto {
  return create(GraphProtoSchema, {
    name: model.name,
    node: model.nodes.map(nodeProto),
    initializer: model.initializers.map(tensorProto),
    input: model.inputs.map(valueProto),
    output: model.outputs.map(valueProto),
    valueInfo: (model.shapes ?? []).map(valueProto),
  });
}

function nodeProto(node: GraphNode): NodeProto {
  return create(NodeProtoSchema, {
    name: node.name,
    opType: node.op,
    domain: node.domain,
    input: inputNames(node.inputs),
    output: node.outputs.map((value) => (value === ABSENT ? "" : value)),
    attribute: Object.entries(node.attributes).map(([name, value]) => attributeProto(name, value)),
  });
}

/** Absent inputs have empty names. At the end there are none: ONNX Runtime dies of some, `LayerNormalization` for one. */
function inputNames(inputs: readonly Value[]): string[] {
  const given = inputs.slice(0, inputs.findLastIndex((value) => value !== ABSENT) + 1);
  return given.map((value) => (value === ABSENT ? "" : value));
}

function attributeProto(name: string, value: Attribute): AttributeProto {
  if ("int" in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value.int) });
  if ("float" in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  if ("string" in value)
    return create(AttributeProtoSchema, {
      name,
      type: AttributeType.STRING,
      s: encoder.encode(value.string),
    });
  if ("ints" in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.ints.map(BigInt) });
  const { graph } = value;
  const g = graphProto({ ...graph, inputs: graph.inputs ?? [], initializers: [] });
  return create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g });
}

function valueProto({ name, type, dims }: ValueInfo): ValueInfoProto {
  const dim = dims.map((size) => ({
    value:
      typeof size === "number"
        ? ({ case: "dimValue", value: BigInt(size) } as const)
        : ({ case: "dimParam", value: size } as const),
  }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType: TYPE_NUMBERS[type], shape: { dim } } } },
  });
}

function tensorProto({ name, type, dims, storage }: Initializer): TensorProto {
  const base = { name, dataType: TYPE_NUMBERS[type], dims: dims.map(BigInt) };
  if ("inline" in storage) return create(TensorProtoSchema, { ...base, rawData: storage.inline });
  return create(TensorProtoSchema, {
    ...base,
    dataLocation: DataLocation.EXTERNAL,
    externalData: [
      { key: "location", value: storage.location },
      { key: "offset", value: String(storage.offset) },
      { key: "length", value: String(storage.length) },
    ],
  });
}
