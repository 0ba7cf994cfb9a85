import type { ObservationInput, CameraFrame } from "@vla-pruner/core";
import { kindOf, NumpyArray } from "../codec/numpy-array.ts";
import { refused } from "../codec/refused.ts";
import { isFields, Picture } from "../codec/unpack.ts";
import type { Fields } from "../codec/unpack.ts";
import { viewNames } from "../policy-facts.ts";
import type { PolicyFacts } from "../policy-facts.ts";
import { chooseCameras } from "./choose-cameras.ts";
import { readPicture } from "./read-picture.ts";
import { isFrame, toFrame } from "./to-frame.ts";

/** Names under which clients tell the task. */
const PROMPTS: readonly string[] = [
  "prompt",
  "instruction",
  "task_description",
  "language_instruction",
  "task",
];
/** Names under which clients send the whole state. */
const STATES: readonly string[] = ["state", "states", "proprio"];
/** Parts of a state, in the order in which they make one (DROID; XPolicyLab, one arm or two). */
const PARTS: readonly string[] = [
  "joint_position",
  "gripper_position",
  ...["", "left_", "right_"].flatMap((arm) => [
    `${arm}arm_joint_state`,
    `${arm}ee_joint_state`,
    `${arm}ee_pose`,
  ]),
];

/** An observation as a client sent it, read for a policy. */
export interface ReadFields {
  readonly observation: ObservationInput;
  readonly prompt: string;
  /** Names of values that no part of the policy reads. */
  readonly unread: readonly string[];
}

/**
 * What a client observed, under the names of the field, as an observation of the policy's own.
 *
 * @param cameras the model's view → the client's name
 * @throws `observation-invalid`
 */
export async function readFields(
  fields: Fields,
  facts: PolicyFacts,
  cameras: Readonly<Record<string, string>>,
): Promise<ReadFields> {
  const leaves = new Map(leavesOf(fields));
  const pictures = [...leaves].filter(([, value]) => value instanceof Picture || isFrame(value));
  const names = pictures.map(([name]) => name);
  const views = chooseCameras(viewNames(facts), names, cameras);
  const images: Record<string, CameraFrame> = {};
  for (const [view, name] of views) {
    const value = leaves.get(name);
    images[view] = value instanceof Picture ? await readPicture(value, name) : toFrame(value, name);
  }
  const promptName = PROMPTS.find((name) => leaves.has(name));
  const prompt = promptName === undefined ? "" : promptOf(promptName, leaves.get(promptName));
  const { state, read } = stateOf(leaves, facts.state);
  const used = new Set([...views.values(), ...read, ...(promptName === undefined ? [] : [promptName])]);
  return {
    observation: { images, instruction: prompt, ...(state !== undefined && { state }) },
    prompt,
    unread: [...leaves.keys()].filter((name) => !used.has(name)),
  };
}

/** Values by name, without folders: `observation/image`, `images.image` and `image` are one name. */
function leavesOf(fields: Fields): [string, unknown][] {
  const leaves = Object.entries(fields).flatMap(([name, value]): [string, unknown][] => {
    const short = name.slice(name.lastIndexOf("/") + 1);
    return isFields(value) ? leavesOf(value) : [[short, value]];
  });
  const twice = leaves.find(([name], index) => leaves.findIndex(([other]) => other === name) < index);
  if (twice === undefined) return leaves;
  throw refused("each name once in an observation", `${twice[0].slice(0, 60)} twice`, "send it once");
}

function promptOf(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.length === 1 && typeof value[0] === "string") return value[0];
  throw refused(`${name}: a text`, kindOf(value), "send the instruction as a string");
}

/** The state: as a whole, or out of its parts. Models that read none get none. */
function stateOf(
  leaves: ReadonlyMap<string, unknown>,
  size: number | null,
): { readonly state?: number[]; readonly read: readonly string[] } {
  const whole = STATES.find((name) => leaves.has(name));
  const read = whole === undefined ? PARTS.filter((name) => leaves.has(name)) : [whole];
  if (size === null || read.length === 0) return { read: [] };
  return { state: read.flatMap((name) => numbersOf(name, leaves.get(name))), read };
}

function numbersOf(name: string, value: unknown): number[] {
  const list: unknown[] =
    value instanceof NumpyArray
      ? Array.from(value.data, Number)
      : Array.isArray(value)
        ? value.flat()
        : [value];
  if (list.every((part): part is number => Number.isFinite(part))) return list;
  const found = list.every((part) => typeof part === "number") ? "NaN or infinity" : kindOf(value);
  throw refused(`${name}: finite numbers`, found, "send the robot's state as an array of numbers");
}
