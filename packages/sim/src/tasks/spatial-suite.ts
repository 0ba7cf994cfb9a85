import { FAR_LEFT, MIDDLE, RIGHT } from "./regions.ts";
import type { ObjectSpec, Task } from "./types.ts";

const HORIZON = 90;

type Place = Required<Pick<ObjectSpec, "at">>["at"];

/** How an instruction says where a cube is. */
const WORDS: Readonly<Record<Place["relation"], string>> = {
  on: "on",
  "next-to": "next to",
  "front-of": "in front of",
  behind: "behind",
};

/** The same things and the same goal; two cubes that only their place tells apart. */
export const spatialSuite: readonly Task[] = [
  taskFor({ relation: "on", object: "stand" }, { relation: "front-of", object: "bowl" }),
  taskFor({ relation: "front-of", object: "stand" }, { relation: "behind", object: "stand" }),
  taskFor({ relation: "behind", object: "stand" }, { relation: "front-of", object: "stand" }),
  taskFor({ relation: "front-of", object: "bowl" }, { relation: "behind", object: "bowl" }),
  taskFor({ relation: "behind", object: "bowl" }, { relation: "on", object: "stand" }),
];

function taskFor(place: Place, otherPlace: Place): Task {
  const cube = `the red cube ${WORDS[place.relation]} the ${place.object}`;
  return {
    suite: "spatial",
    name: `spatial/cube-${place.relation}-${place.object}`,
    wordings: [
      `pick up ${cube} and place it on the plate`,
      `pick up ${cube} and put it on the plate`,
      `take ${cube} and move it to the plate`,
    ],
    objects: [
      { name: "plate", kind: "plate", colour: "white", region: RIGHT },
      { name: "stand", kind: "stand", colour: "grey", region: MIDDLE },
      { name: "bowl", kind: "bowl", colour: "blue", region: FAR_LEFT },
      { name: "red-cube", kind: "cube", colour: "red", region: MIDDLE, at: place },
      { name: "other-red-cube", kind: "cube", colour: "red", region: MIDDLE, at: otherPlace },
    ],
    goals: [{ kind: "on", object: "red-cube", target: "plate" }],
    horizon: HORIZON,
  };
}
