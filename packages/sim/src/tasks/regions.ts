import type { ObjectSpec } from "./types.ts";

type Region = ObjectSpec["region"];

const box = (x: readonly [number, number], y: readonly [number, number]): Region => ({ x, y });

/** To the robot's left, and the middle. */
export const LEFT: Region = box([-0.12, 0.18], [-0.06, 0.24]);
/** To the robot's right. */
export const RIGHT: Region = box([-0.06, 0.12], [-0.2, -0.14]);
/** To the robot's left, for large things. */
export const FAR_LEFT: Region = box([-0.06, 0.12], [0.12, 0.18]);
/** For large things in the middle. */
export const MIDDLE: Region = box([-0.02, 0.08], [-0.03, 0.03]);
/** For small things among large ones to both sides. */
export const BETWEEN: Region = box([-0.12, 0.18], [-0.16, 0.16]);
