import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { VlaPrunerError } from "@vla-pruner/format";
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProto_DataLocation as DataLocation,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "./onnx_pb.ts";
import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from "./onnx_pb.ts";

export type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto };

/** ONNX's numbers of the element types that rewriting meets. */
export const TYPE = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  bfloat16: 16,
} as const;

/**
 * A model that can be rewritten. Fields that this package does not know survive; the bytes of weights are not copied.
 *
 * @throws `model-invalid` when the bytes are not a model
 */
export function decodeModel(bytes: Uint8Array, where: string): ModelProto & { graph: GraphProto } {
  try {
    const model = fromBinary(ModelProtoSchema, bytes);
    if (model.graph === undefined) throw new Error("the file has no graph");
    return model as ModelProto & { graph: GraphProto };
  } catch (cause) {
    throw new VlaPrunerError("model-invalid", {
      expected: `an ONNX graph in ${where}`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "download or export the file again",
      cause,
    });
  }
}

/** A part of a model as a model of its own: same versions, functions and metadata, another graph. */
export function encodePart(
  model: ModelProto,
  parts: Pick<GraphProto, "name" | "node" | "initializer" | "input" | "output">,
): Uint8Array {
  const opsetImport = [...model.opsetImport];
  if (!opsetImport.some(({ domain }) => domain === MICROSOFT))
    opsetImport.push(create(OperatorSetIdProtoSchema, { domain: MICROSOFT, version: 1n }));
  const graph = create(GraphProtoSchema, parts);
  const { irVersion, producerName, producerVersion, metadataProps } = model;
  const versions = { irVersion, producerName, producerVersion, metadataProps, opsetImport };
  const part = create(ModelProtoSchema, { ...versions, graph });
  if (model.$unknown !== undefined) part.$unknown = model.$unknown;
  return toBinary(ModelProtoSchema, part);
}

export const MICROSOFT = "com.microsoft";

type AttributeValue = number | readonly number[] | { readonly float: number };

/** A node; its name comes from its first output, which must be one that the graph has not. */
export function makeNode(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  domain = "",
): NodeProto {
  const attribute = Object.entries(attributes).map(([name, value]) => makeAttribute(name, value));
  return create(NodeProtoSchema, {
    opType,
    input: [...input],
    output: [...output],
    name: output.find((name) => name !== "") ?? opType,
    domain,
    attribute,
  });
}

export function makeAttribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === "number")
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
  if ("float" in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
}

/** The node with some parts replaced; the given one stays as it is. */
export function changedNode(
  node: NodeProto,
  changes: Partial<Pick<NodeProto, "input" | "output" | "attribute">>,
): NodeProto {
  const { opType, input, output, name, domain, attribute } = node;
  const changed = create(NodeProtoSchema, { opType, input, output, name, domain, attribute, ...changes });
  if (node.$unknown !== undefined) changed.$unknown = node.$unknown;
  return changed;
}

/** The node with its inputs renamed, those that its subgraphs read from around them included. */
export function renamedInputs(node: NodeProto, rename: (value: string) => string): NodeProto {
  const attribute = node.attribute.map((given) => {
    if (given.g === undefined) return given;
    const { name, initializer, input, output, valueInfo } = given.g;
    const inner = given.g.node.map((part) => renamedInputs(part, rename));
    const g = create(GraphProtoSchema, { name, initializer, input, output, valueInfo, node: inner });
    return create(AttributeProtoSchema, { name: given.name, type: given.type, g });
  });
  const input = node.input.map((value) => (value === "" ? "" : rename(value)));
  return changedNode(node, { input, attribute });
}

/** An int64 constant: a vector, or a scalar. */
export function intConstant(name: string, values: readonly number[] | number): TensorProto {
  const list = typeof values === "number" ? [values] : values;
  const dims = typeof values === "number" ? [] : [BigInt(list.length)];
  const rawData = new Uint8Array(BigInt64Array.from(list, BigInt).buffer);
  return create(TensorProtoSchema, { name, dataType: TYPE.int64, dims, rawData });
}

/** A float32 scalar. */
export function floatConstant(name: string, value: number): TensorProto {
  const rawData = new Uint8Array(Float32Array.of(value).buffer);
  return create(TensorProtoSchema, { name, dataType: TYPE.float32, dims: [], rawData });
}

/** The tensor, its bytes referred to in a file. */
export function externalTensor(
  { name, dataType, dims }: TensorProto,
  location: string,
  offset: number,
  length: number,
): TensorProto {
  const entries = { location, offset: String(offset), length: String(length) };
  const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
  return create(TensorProtoSchema, {
    name,
    dataType,
    dims,
    dataLocation: DataLocation.EXTERNAL,
    externalData: externalData as TensorProto["externalData"],
  });
}

export function isExternal({ dataLocation }: TensorProto): boolean {
  return dataLocation === DataLocation.EXTERNAL;
}

/** An input or output; without dims its shape is left open. */
export function makeValueInfo(
  name: string,
  elemType: number,
  dims: readonly (number | string)[] | null,
): ValueInfoProto {
  const dim = dims?.map((size) => ({
    value:
      typeof size === "number"
        ? ({ case: "dimValue", value: BigInt(size) } as const)
        : ({ case: "dimParam", value: size } as const),
  }));
  const value = { elemType, ...(dim && { shape: { dim } }) };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: "tensorType", value } } });
}

/** Sizes of a value, and names of those that are known at run time; `null` where nothing is stated. */
export function dimsOf(info: ValueInfoProto | undefined): (number | string)[] | null {
  const dims = info?.type?.value.value?.shape?.dim;
  return (
    dims?.map(({ value }) => (value.case === "dimValue" ? Number(value.value) : (value.value ?? "?"))) ?? null
  );
}

export function elementTypeOf(info: ValueInfoProto | undefined): number {
  return info?.type?.value.value?.elemType ?? 0;
}
