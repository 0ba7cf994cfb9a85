import type { Surface } from "../render/types.ts";
import { aboutAxis } from "../world/rotations.ts";
import type { Body, Part } from "../world/types.ts";
import { ARM_BASE, ARM_JOINTS, FOREARM, SHOULDER, UPPER_ARM } from "./arm-chain.ts";
import { fingers, handParts } from "./gripper.ts";

/** Rotor inertia behind the gears, kg m²; links weigh little beside it. */
export const ARMATURE = 0.5;

const SHELL: Surface = { colour: [0.9, 0.9, 0.92] };
const JOINT: Surface = { colour: [0.55, 0.57, 0.61] };
const LYING = aboutAxis([1, 0, 0], Math.PI / 2);
const AHEAD = aboutAxis([0, 1, 0], Math.PI / 2);

const seen = (part: Omit<Part, "touch" | "mass">): Part => ({ ...part, touch: "none", mass: 0.2 });

/** What is seen of each link, in its own frame. */
const LINKS: readonly (readonly Part[])[] = [
  [seen({ shape: "cylinder", size: [0.056, 0.06, 0], position: [0, 0, -0.01], surface: SHELL })],
  [
    seen({
      shape: "cylinder",
      size: [0.055, 0.065, 0],
      position: [0, 0, 0],
      rotation: LYING,
      surface: JOINT,
    }),
    seen({
      shape: "capsule",
      size: [0.045, UPPER_ARM / 2, 0],
      position: [0, 0, UPPER_ARM / 2],
      surface: SHELL,
    }),
  ],
  [seen({ shape: "cylinder", size: [0.05, 0.06, 0], position: [0, 0, 0], rotation: LYING, surface: JOINT })],
  [
    seen({
      shape: "capsule",
      size: [0.038, FOREARM / 2 - 0.02, 0],
      position: [FOREARM / 2, 0, 0],
      rotation: AHEAD,
      surface: SHELL,
    }),
  ],
  [
    seen({
      shape: "cylinder",
      size: [0.042, 0.045, 0],
      position: [0, 0, 0],
      rotation: LYING,
      surface: JOINT,
    }),
  ],
];

/** The whole robot. `armId` and `gripperId` tell its parts apart in segmentation. */
export function robotBody(armId: number, gripperId: number): Body {
  let tip: Body | null = null;
  for (let index = ARM_JOINTS.length - 1; index >= 0; index -= 1) {
    const joint = ARM_JOINTS[index];
    if (joint === undefined) continue;
    const last = index === ARM_JOINTS.length - 1;
    tip = {
      name: `link${String(index + 1)}`,
      position: joint.offset,
      joint: {
        name: `joint${String(index + 1)}`,
        type: "hinge",
        axis: joint.axis,
        range: joint.range,
        armature: ARMATURE,
      },
      weightless: true,
      id: last ? gripperId : armId,
      parts: last ? handParts() : (LINKS[index] ?? []),
      children: last ? fingers(gripperId) : tip === null ? [] : [tip],
    };
  }
  return {
    name: "robot",
    position: ARM_BASE,
    id: armId,
    parts: [
      seen({
        shape: "cylinder",
        size: [0.075, (SHOULDER - 0.06) / 2, 0],
        position: [0, 0, (SHOULDER - 0.06) / 2],
        surface: SHELL,
      }),
    ],
    children: tip === null ? [] : [tip],
  };
}
