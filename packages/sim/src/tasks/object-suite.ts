import { LEFT, RIGHT } from "./regions.ts";
import type { ObjectKind, ObjectSpec, Task } from "./types.ts";

const HORIZON = 90;

const basket: ObjectSpec = { name: "basket", kind: "basket", colour: "brown", region: RIGHT };

/** One thing among three others goes into the basket. Every task's thing is in the way in another task. */
export const objectSuite: readonly Task[] = [
  taskFor("red cube", ["green can", "yellow carton", "blue bottle"]),
  taskFor("green can", ["red cube", "orange can", "purple carton"]),
  taskFor("yellow carton", ["purple carton", "green can", "cyan cube"]),
  taskFor("blue bottle", ["cyan cube", "orange can", "red cube"]),
  taskFor("orange can", ["blue bottle", "yellow carton", "green can"]),
];

function taskFor(thing: string, others: readonly string[]): Task {
  const name = nameOf(thing);
  return {
    suite: "object",
    name: `object/${name}-in-basket`,
    wordings: [
      `pick up the ${thing} and place it in the basket`,
      `put the ${thing} in the basket`,
      `move the ${thing} into the basket`,
    ],
    objects: [basket, specOf(thing), ...others.map(specOf)],
    goals: [{ kind: "in", object: name, target: "basket" }],
    horizon: HORIZON,
  };
}

function specOf(thing: string): ObjectSpec {
  const [colour = "", kind = ""] = thing.split(" ");
  return { name: nameOf(thing), kind: kind as ObjectKind, colour, region: LEFT };
}

function nameOf(thing: string): string {
  return thing.replace(" ", "-");
}
