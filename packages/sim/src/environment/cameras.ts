import type { Camera, Vector3 } from "../render/types.ts";
import { aboutAxis, fromRotationVector, multiply, rotate, toMatrix } from "../world/rotations.ts";
import { gaussian, seededRandom, STREAM, uniform } from "../world/seeded-random.ts";
import type { CameraName, Disturbances, Pose } from "./types.ts";

/** Both: the agent's, and the one on the hand. */
export const CAMERAS: readonly CameraName[] = ["image", "wrist_image"];

/** In front of the table, looking back at the robot. */
const AGENT = { position: [0.94, 0, 0.95] as Vector3, target: [-0.01, 0, 0.06] as Vector3, fovy: 29 };
/** On the hand, ahead of the fingers, looking down past them; in the effector's frame. */
const WRIST = { position: [0.062, 0, 0.1] as Vector3, target: [0.015, 0, 0] as Vector3, fovy: 75 };
/** How differently the agent camera was mounted in each episode, metres and radians. */
const MOUNTING = { position: 0.01, rotation: Math.PI / 180 };
const CENTIMETRE = 0.01;

/** The agent camera in episode `seed` after `steps` control steps. */
export function agentCamera(seed: number, steps: number, { shake = 0, pan = 0 }: Disturbances): Camera {
  const mount = seededRandom(seed, STREAM.cameraMount);
  const tremor = seededRandom(seed, STREAM.cameraTremor, steps);
  const offset = (): number =>
    uniform(mount, -1, 1) * MOUNTING.position + (shake === 0 ? 0 : gaussian(tremor) * shake * CENTIMETRE);
  const turn = (): number =>
    uniform(mount, -1, 1) * MOUNTING.rotation + (shake === 0 ? 0 : gaussian(tremor) * shake);
  const [x, y, z] = AGENT.position;
  const jittered: Vector3 = [x + offset(), y + offset(), z + offset()];
  const tilt = fromRotationVector([turn(), turn(), turn()]);
  const around = aboutAxis([0, 0, 1], pan * steps);
  const frame = lookAt(jittered, AGENT.target, [0, 0, 1]);
  const turned = product(toMatrix(multiply(around, tilt)), frame);
  return { position: rotate(around, jittered), rotation: turned, fovy: AGENT.fovy };
}

/** The camera on the hand. */
export function wristCamera({ position, rotation }: Pose): Camera {
  const [x, y, z] = rotate(rotation, WRIST.position);
  const frame = lookAt(WRIST.position, WRIST.target, [1, 0, 0]);
  return {
    position: [position[0] + x, position[1] + y, position[2] + z],
    rotation: product(toMatrix(rotation), frame),
    fovy: WRIST.fovy,
  };
}

/** Camera to world, row-major, of a camera at `from` that sees `target` in its middle. */
function lookAt(from: Vector3, target: Vector3, up: Vector3): number[] {
  const back = unit([from[0] - target[0], from[1] - target[1], from[2] - target[2]]);
  const right = unit(cross(up, back));
  const above = cross(back, right);
  return [0, 1, 2].flatMap((axis) => [right[axis] ?? 0, above[axis] ?? 0, back[axis] ?? 0]);
}

function product(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: 9 }, (_, index) => {
    const [row, column] = [3 * Math.floor(index / 3), index % 3];
    return [0, 1, 2].reduce((sum, k) => sum + (a[row + k] ?? 0) * (b[3 * k + column] ?? 0), 0);
  });
}

function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(vector: Vector3): Vector3 {
  const length = Math.hypot(...vector);
  return [vector[0] / length, vector[1] / length, vector[2] / length];
}
