import type { ObjectSpec } from "./types.ts";

type Region = ObjectSpec["region"];

const box = (x: readonly [number, number], y: readonly [number, number]): Region => ({ x, y });

/** To the robot's left, and the middle. */
export const LEFT: Region = box([-0.12, 0.18], [-0.06, 0.24]);
/** To the robot's right. */
export const RIGHT: Region = box([-0.06, 0.12], [-0.2, -0.14]);
/** To the robot's left, for large things, and near enough for the hand to reach over them when it pours. */
export const FAR_LEFT: Region = box([-0.1, 0.05], [0.12, 0.18]);
/** For large things in the middle. */
export const MIDDLE: Region = box([-0.02, 0.08], [-0.03, 0.03]);
/** For small things among large ones to both sides; not behind those to the left, where the hand is when it pours. */
export const BETWEEN: Region = box([-0.12, 0.18], [-0.16, 0.06]);
