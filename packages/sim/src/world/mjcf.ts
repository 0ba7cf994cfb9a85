import type { Drawable } from "../render/types.ts";
import type { Body, Joint, Part } from "./types.ts";

/** Which geoms meet: a pair does if one's `contype` shares a bit with the other's `conaffinity`. */
const TOUCH = {
  thing: 'contype="1" conaffinity="3"',
  hand: 'contype="2" conaffinity="0"',
  none: 'contype="0" conaffinity="0"',
} as const;

/** The bodies as MJCF elements. */
export function toMjcf(bodies: readonly Body[]): string {
  return bodies.map((body) => bodyElement(body)).join("\n");
}

/** The parts in the order that MuJoCo gives their geoms: bodies depth first, each one's own parts before its children's. */
export function toDrawables(bodies: readonly Body[]): Drawable[] {
  return bodies.flatMap(({ id, parts, children = [] }) => [
    ...parts.map(({ shape, size, surface, shadow }) => ({
      shape,
      size,
      surface,
      id,
      shadow: shadow ?? id !== 0,
    })),
    ...toDrawables(children),
  ]);
}

function bodyElement(body: Body): string {
  const { name, position, rotation = [1, 0, 0, 0], joint, weightless = false, parts, children = [] } = body;
  const attributes = [
    `name="${escape(name)}"`,
    `pos="${position.join(" ")}"`,
    `quat="${rotation.join(" ")}"`,
    ...(joint === "mocap" ? ['mocap="true"'] : []),
    ...(weightless ? ['gravcomp="1"'] : []),
  ];
  return [
    `<body ${attributes.join(" ")}>`,
    ...(joint === undefined || joint === "mocap" ? [] : [jointElement(joint)]),
    ...parts.map((part) => geomElement(part)),
    toMjcf(children),
    "</body>",
  ].join("\n");
}

function jointElement(joint: Joint | "free"): string {
  if (joint === "free") return "<freejoint/>";
  const { name, type, axis, range, armature, damping = 0 } = joint;
  return `<joint name="${name}" type="${type}" axis="${axis.join(" ")}" range="${range.join(" ")}" limited="true" armature="${String(armature)}" damping="${String(damping)}"/>`;
}

function geomElement(part: Part): string {
  const { shape, size, position, rotation = [1, 0, 0, 0], touch = "thing", mass = 0 } = part;
  const { friction = [1, 0.005, 0.0001], settles = false } = part;
  return `<geom type="${shape}" size="${size.join(" ")}" pos="${position.join(" ")}" quat="${rotation.join(" ")}" mass="${String(mass)}" friction="${friction.join(" ")}"${settles ? ' condim="6"' : ""} ${TOUCH[touch]}/>`;
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${String(character.codePointAt(0))};`);
}
