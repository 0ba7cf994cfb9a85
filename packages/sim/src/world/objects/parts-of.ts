import type { Vector3 } from "../../render/types.ts";
import type { ObjectKind } from "../../tasks/types.ts";
import type { Part } from "../types.ts";
import { bottleParts, canParts, cartonParts, cubeParts, cupParts } from "./movable.ts";
import { basketParts, bowlParts, padParts, plateParts, standParts } from "./receptacles.ts";

const PARTS: Readonly<Record<ObjectKind, (colour: Vector3) => Part[]>> = {
  cube: cubeParts,
  can: canParts,
  bottle: bottleParts,
  cup: cupParts,
  carton: cartonParts,
  plate: plateParts,
  bowl: bowlParts,
  basket: basketParts,
  pad: padParts,
  stand: standParts,
};

/** What a thing of this kind is made of; its origin is the centre of its base. */
export function partsOf(kind: ObjectKind, colour: Vector3): Part[] {
  return PARTS[kind](colour);
}
