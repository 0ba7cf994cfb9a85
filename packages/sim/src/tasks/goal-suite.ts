import { BETWEEN, FAR_LEFT, RIGHT } from "./regions.ts";
import type { Goal, ObjectSpec, Task } from "./types.ts";

const HORIZON = 90;

/** One scene for all: to its left a bowl, to its right a pad, between them what can be handled. */
const scene: readonly ObjectSpec[] = [
  { name: "bowl", kind: "bowl", colour: "blue", region: FAR_LEFT },
  { name: "pad", kind: "pad", colour: "yellow", region: RIGHT },
  { name: "red-cube", kind: "cube", colour: "red", region: BETWEEN },
  { name: "green-can", kind: "can", colour: "green", region: BETWEEN },
  { name: "purple-bottle", kind: "bottle", colour: "purple", region: BETWEEN },
  { name: "orange-cup", kind: "cup", colour: "orange", region: BETWEEN },
];

/** The same scene, other goals. */
export const goalSuite: readonly Task[] = [
  taskFor("stack-can", { kind: "stacked", object: "green-can", target: "red-cube" }, [
    "stack the green can on the red cube",
    "put the green can on top of the red cube",
    "place the green can on the red cube",
  ]),
  taskFor("cube-in-bowl", { kind: "in", object: "red-cube", target: "bowl" }, [
    "place the red cube in the bowl",
    "put the red cube in the bowl",
    "pick up the red cube and place it in the bowl",
  ]),
  taskFor("pour-cup", { kind: "poured", object: "orange-cup", target: "bowl" }, [
    "pour the orange cup into the bowl",
    "pour what is in the orange cup into the bowl",
    "take the orange cup and pour it into the bowl",
  ]),
  taskFor("bottle-on-pad", { kind: "on", object: "purple-bottle", target: "pad" }, [
    "place the purple bottle on the pad",
    "put the purple bottle on the pad",
    "pick up the purple bottle and place it on the pad",
  ]),
  taskFor("can-on-pad", { kind: "on", object: "green-can", target: "pad" }, [
    "place the green can on the pad",
    "put the green can on the pad",
    "pick up the green can and place it on the pad",
  ]),
];

function taskFor(name: string, goal: Goal, wordings: readonly [string, ...string[]]): Task {
  return { suite: "goal", name: `goal/${name}`, wordings, objects: scene, goals: [goal], horizon: HORIZON };
}
