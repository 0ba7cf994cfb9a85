import { create } from "@bufbuild/protobuf";
import { floatConstant, intConstant, makeNode, TYPE } from "../../src/proto/edit-model.ts";
import type { NodeProto, TensorProto } from "../../src/proto/edit-model.ts";
import { TensorProtoSchema } from "../../src/proto/onnx_pb.ts";
import { noise } from "./noise.ts";

export const [HIDDEN, HEADS, HEAD_SIZE] = [8, 2, 4];

/** Nodes of a decoder on the way. */
export class Draft {
  readonly nodes: NodeProto[] = [];
  readonly constants = new Map<string, TensorProto>();
  #count = 0;

  node(op: string, inputs: readonly string[], attributes: Parameters<typeof makeNode>[3] = {}): string {
    this.#count += 1;
    const name = `${op}_${this.#count}`;
    this.nodes.push(makeNode(op, inputs, [name], attributes));
    return name;
  }

  ints(values: readonly number[] | number): string {
    const name = `ints ${JSON.stringify(values)}`;
    this.constants.set(name, intConstant(name, values));
    return name;
  }

  float(value: number): string {
    this.constants.set(`float ${value}`, floatConstant(`float ${value}`, value));
    return `float ${value}`;
  }

  weight(name: string, dims: readonly number[], scale = 1): string {
    const values = noise(
      name,
      dims.reduce((product, size) => product * size, 1),
      scale,
    );
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.constants.set(
      name,
      create(TensorProtoSchema, { name, dataType: TYPE.float32, dims: dims.map(BigInt), rawData }),
    );
    return name;
  }

  product(value: string, name: string, from: number, to: number): string {
    return this.node("MatMul", [value, this.weight(name, [from, to], 1.5 / Math.sqrt(from))]);
  }

  norm(value: string, name: string): string {
    const scale = this.weight(`${name}.norm`, [HIDDEN], 2);
    return this.node("LayerNormalization", [value, scale], { axis: -1 });
  }

  /** The size of an axis, a scalar. */
  size(value: string, axis: number): string {
    return this.node("Gather", [this.node("Shape", [value]), this.ints(axis)], { axis: 0 });
  }
}
