import { COLOURS } from "../world/colours.ts";
import { broken, countOf, fieldsOf, listOf, oneOf, rangeOf, textOf } from "./checks.ts";
import { DIMENSIONS, isGraspable } from "./dimensions.ts";
import type { Goal, ObjectKind, ObjectSpec, Task } from "./types.ts";

const KINDS = Object.keys(DIMENSIONS) as ObjectKind[];
/** Where the arm reaches the table, metres. */
const REACH = { x: [-0.13, 0.2], y: [-0.25, 0.25] } as const;
const MOST_OBJECTS = 12;
const MOST_WORDINGS = 100;
const MOST_STEPS = 10_000;

/** Which kinds can be a goal's target. */
const TARGETS: Readonly<Record<Goal["kind"], readonly ObjectKind[]>> = {
  on: ["plate", "pad", "stand"],
  in: ["bowl", "basket"],
  stacked: ["cube", "can", "carton"],
  poured: ["bowl", "basket"],
};

/**
 * Checks a task from outside, a parsed JSON file for example.
 *
 * @throws `task-invalid`, with the place of the first mistake
 */
export function parseTask(json: unknown): Task {
  const fields = fieldsOf(json, "task", ["suite", "name", "wordings", "objects", "goals", "horizon"]);
  const wordings = listOf(fields["wordings"], "task.wordings", [1, MOST_WORDINGS], textOf);
  const objects = listOf(fields["objects"], "task.objects", [1, MOST_OBJECTS], parseObject);
  const goals = listOf(fields["goals"], "task.goals", [1, MOST_OBJECTS], parseGoal);
  objects.forEach((object, index) => checkPlace(object, index, objects));
  goals.forEach((goal, index) => checkGoal(goal, `task.goals[${index}]`, objects));
  return {
    suite: textOf(fields["suite"], "task.suite"),
    name: textOf(fields["name"], "task.name"),
    wordings: wordings as [string, ...string[]],
    objects,
    goals,
    horizon: countOf(fields["horizon"], "task.horizon", MOST_STEPS),
  };
}

function parseObject(json: unknown, path: string): ObjectSpec {
  const fields = fieldsOf(json, path, ["name", "kind", "colour", "region", "at?"]);
  const region = fieldsOf(fields["region"], `${path}.region`, ["x", "y"]);
  const name = textOf(fields["name"], `${path}.name`);
  if (name.includes("#")) throw broken(`${path}.name`, "a name without #, which marks a cup's balls", name);
  const object = {
    name,
    kind: oneOf(fields["kind"], `${path}.kind`, KINDS),
    colour: oneOf(fields["colour"], `${path}.colour`, Object.keys(COLOURS)),
    region: {
      x: rangeOf(region["x"], `${path}.region.x`, REACH.x),
      y: rangeOf(region["y"], `${path}.region.y`, REACH.y),
    },
  };
  if (fields["at"] === undefined) return object;
  const at = fieldsOf(fields["at"], `${path}.at`, ["relation", "object"]);
  const relation = oneOf(at["relation"], `${path}.at.relation`, ["on", "next-to", "front-of", "behind"]);
  return { ...object, at: { relation, object: textOf(at["object"], `${path}.at.object`) } };
}

function parseGoal(json: unknown, path: string): Goal {
  const fields = fieldsOf(json, path, ["kind", "object", "target"]);
  return {
    kind: oneOf(fields["kind"], `${path}.kind`, ["on", "in", "stacked", "poured"]),
    object: textOf(fields["object"], `${path}.object`),
    target: textOf(fields["target"], `${path}.target`),
  };
}

/** Names are unique, and a thing stands by one that comes before it, so that no ring of relations can be. */
function checkPlace({ name, at }: ObjectSpec, index: number, objects: readonly ObjectSpec[]): void {
  const before = objects.slice(0, index).map((object) => object.name);
  if (before.includes(name)) throw broken(`task.objects[${index}].name`, "a name of its own", name);
  if (at === undefined || before.includes(at.object)) return;
  throw broken(`task.objects[${index}].at.object`, "an object that comes before this one", at.object);
}

function checkGoal({ kind, object, target }: Goal, path: string, objects: readonly ObjectSpec[]): void {
  const kindOf = (name: string): ObjectKind | undefined => objects.find((spec) => spec.name === name)?.kind;
  const [handled, place] = [kindOf(object), kindOf(target)];
  if (handled === undefined) throw broken(`${path}.object`, "the name of an object", object);
  if (place === undefined) throw broken(`${path}.target`, "the name of an object", target);
  if (object === target) throw broken(`${path}.target`, "another object", target);
  if (!isGraspable(handled)) throw broken(`${path}.object`, "something that the gripper can lift", handled);
  if (kind === "poured" && handled !== "cup") throw broken(`${path}.object`, "a cup", handled);
  if (!TARGETS[kind].includes(place)) throw broken(`${path}.target`, TARGETS[kind].join(" or "), place);
}
