import { BETWEEN, FAR_LEFT, LEFT, RIGHT } from "./regions.ts";
import type { ObjectSpec, Task } from "./types.ts";

const HORIZON = 180;

const bowl: ObjectSpec = { name: "bowl", kind: "bowl", colour: "blue", region: FAR_LEFT };
const plate: ObjectSpec = { name: "plate", kind: "plate", colour: "white", region: RIGHT };
const pad: ObjectSpec = { name: "pad", kind: "pad", colour: "yellow", region: RIGHT };
const basket: ObjectSpec = { name: "basket", kind: "basket", colour: "brown", region: RIGHT };
const cube: ObjectSpec = { name: "red-cube", kind: "cube", colour: "red", region: BETWEEN };
const can: ObjectSpec = { name: "green-can", kind: "can", colour: "green", region: BETWEEN };
const bottle: ObjectSpec = { name: "purple-bottle", kind: "bottle", colour: "purple", region: BETWEEN };
const carton: ObjectSpec = { name: "yellow-carton", kind: "carton", colour: "yellow", region: BETWEEN };
const cup: ObjectSpec = { name: "orange-cup", kind: "cup", colour: "orange", region: BETWEEN };

/** Two goals in a row. */
export const longSuite: readonly Task[] = [
  {
    suite: "long",
    name: "long/cube-and-can-in-basket",
    wordings: [
      "put the red cube and then the green can in the basket",
      "place the red cube in the basket and then the green can",
      "pick up the red cube and then the green can and place both in the basket",
    ],
    objects: [basket, ...[cube, can, carton].map((object): ObjectSpec => ({ ...object, region: LEFT }))],
    goals: [
      { kind: "in", object: "red-cube", target: "basket" },
      { kind: "in", object: "green-can", target: "basket" },
    ],
    horizon: HORIZON,
  },
  {
    suite: "long",
    name: "long/cube-in-bowl-bottle-on-pad",
    wordings: [
      "put the red cube in the bowl and then put the purple bottle on the pad",
      "place the red cube in the bowl and then the purple bottle on the pad",
      "move the red cube into the bowl and then the purple bottle to the pad",
    ],
    objects: [bowl, pad, cube, bottle],
    goals: [
      { kind: "in", object: "red-cube", target: "bowl" },
      { kind: "on", object: "purple-bottle", target: "pad" },
    ],
    horizon: HORIZON,
  },
  {
    suite: "long",
    name: "long/cube-on-plate-can-on-cube",
    wordings: [
      "put the red cube on the plate and then stack the green can on the red cube",
      "place the red cube on the plate and then put the green can on top of it",
      "move the red cube to the plate and then stack the green can on it",
    ],
    objects: [plate, { ...cube, region: LEFT }, { ...can, region: LEFT }],
    goals: [
      { kind: "on", object: "red-cube", target: "plate" },
      { kind: "stacked", object: "green-can", target: "red-cube" },
    ],
    horizon: HORIZON,
  },
  {
    suite: "long",
    name: "long/can-in-bowl-carton-on-pad",
    wordings: [
      "put the green can in the bowl and then put the yellow carton on the pad",
      "place the green can in the bowl and then the yellow carton on the pad",
      "move the green can into the bowl and then the yellow carton to the pad",
    ],
    objects: [bowl, pad, can, carton],
    goals: [
      { kind: "in", object: "green-can", target: "bowl" },
      { kind: "on", object: "yellow-carton", target: "pad" },
    ],
    horizon: HORIZON,
  },
  {
    suite: "long",
    name: "long/cube-on-plate-pour-cup",
    wordings: [
      "put the red cube on the plate and then pour the orange cup into the bowl",
      "place the red cube on the plate and then pour the orange cup into the bowl",
      "move the red cube to the plate and then take the orange cup and pour it into the bowl",
    ],
    objects: [bowl, plate, cube, cup],
    goals: [
      { kind: "on", object: "red-cube", target: "plate" },
      { kind: "poured", object: "orange-cup", target: "bowl" },
    ],
    horizon: HORIZON,
  },
];
