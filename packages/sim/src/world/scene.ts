import { VlaPrunerError } from "@vla-pruner/format";
import type { Drawable, Vector3 } from "../render/types.ts";
import { actuatorElements } from "../robot/actuators.ts";
import { robotBody } from "../robot/arm-body.ts";
import { isGraspable } from "../tasks/dimensions.ts";
import type { Task } from "../tasks/types.ts";
import { ballNames } from "./balls.ts";
import { ballBodies } from "./ball-bodies.ts";
import { COLOURS } from "./colours.ts";
import { layOut } from "./layout.ts";
import { toDrawables, toMjcf } from "./mjcf.ts";
import { partsOf } from "./objects/parts-of.ts";
import { occluderBody } from "./occluder.ts";
import { roomParts, TABLE_ELEMENT, type Room } from "./room.ts";
import { aboutAxis } from "./rotations.ts";
import type { Body } from "./types.ts";

const ARM_ID = 1;
export const GRIPPER_ID = 2;
const OCCLUDER_ID = 3;
const FIRST_OBJECT_ID = 10;

/** A task's world: the model's text, and what is seen of it. */
export interface Scene {
  readonly mjcf: string;
  /** The geoms from number 1 on: geom 0 is the table's plane. */
  readonly drawables: readonly Drawable[];
  /** Object, or ball, → id. */
  readonly ids: ReadonlyMap<string, number>;
  /** Objects whose bodies are free; the others are fixed: mocap bodies where nothing sleeps. */
  readonly free: readonly string[];
  readonly fixed: readonly string[];
}

/** Name of a thing's body; no task can name the robot's own. */
export function bodyNamed(object: string): string {
  return `thing/${object}`;
}

export interface SceneOptions {
  /** Whether there is a box to hang before the camera. */
  readonly occluder?: boolean;
  /** Whether things at rest are left out of the physics until something touches them. Faster. Default true. */
  readonly sleeps?: boolean;
}

/** @throws `task-invalid` */
export function buildScene(task: Task, seed: number, room: Room, options: SceneOptions = {}): Scene {
  const { occluder = false, sleeps = true } = options;
  const names = task.objects.flatMap(({ name, kind }) => [name, ...(kind === "cup" ? ballNames(name) : [])]);
  const ids = new Map(names.map((name, index) => [name, FIRST_OBJECT_ID + index]));
  const idOf = (name: string): number => ids.get(name) ?? 0;
  const bodies: Body[] = layOut(task, seed).flatMap(({ spec, x, y, z, yaw }) => {
    const { name, kind } = spec;
    const position: Vector3 = [x, y, z];
    const body: Body = {
      name: bodyNamed(name),
      position,
      rotation: aboutAxis([0, 0, 1], yaw),
      // Things do not fall asleep on mocap bodies, so there are none unless they are to be moved.
      ...(isGraspable(kind) ? { joint: "free" } : sleeps ? {} : { joint: "mocap" }),
      id: idOf(name),
      parts: partsOf(kind, colourOf(task, spec.colour)),
    };
    return kind === "cup" ? [body, ...ballBodies(position, ballNames(name), idOf, bodyNamed)] : [body];
  });
  const fixed = task.objects.filter(({ kind }) => !isGraspable(kind)).map(({ name }) => name);
  const all: Body[] = [
    { name: "room", position: [0, 0, 0], id: 0, parts: roomParts(room) },
    robotBody(ARM_ID, GRIPPER_ID),
    ...bodies,
    ...(occluder ? [occluderBody(OCCLUDER_ID)] : []),
  ];
  return {
    mjcf: toModel(all, sleeps),
    drawables: toDrawables(all),
    ids,
    free: names.filter((name) => !fixed.includes(name)),
    fixed,
  };
}

function toModel(bodies: readonly Body[], sleeps: boolean): string {
  return `<mujoco>
<compiler angle="radian" boundmass="0.0001" boundinertia="0.0000001"/>
<option timestep="0.002" integrator="implicitfast" cone="elliptic" impratio="10" iterations="30" tolerance="1e-7"><flag sleep="${sleeps ? "enable" : "disable"}"/></option>
<default><geom condim="4" solref="0.006 1" solimp="0.95 0.99 0.001"/></default>
<worldbody>${TABLE_ELEMENT}
${toMjcf(bodies)}</worldbody>
${actuatorElements()}
</mujoco>`;
}

function colourOf(task: Task, name: string): Vector3 {
  const colour = COLOURS[name];
  if (colour !== undefined) return colour;
  throw new VlaPrunerError("task-invalid", {
    expected: `colours of ${task.name} among ${Object.keys(COLOURS).join(", ")}`,
    found: name,
    fix: "use one of them",
  });
}
