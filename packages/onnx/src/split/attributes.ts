import type { NodeProto } from "../proto/edit-model.ts";

export function attributeInt(node: NodeProto, name: string, absent = 0): number {
  return Number(node.attribute.find((attribute) => attribute.name === name)?.i ?? absent);
}

export function attributeFloat(node: NodeProto, name: string, absent = 0): number {
  return node.attribute.find((attribute) => attribute.name === name)?.f ?? absent;
}
