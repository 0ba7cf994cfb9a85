import type { Light, Surface, Vector3 } from "../render/types.ts";
import { pick, seededRandom, STREAM, uniform } from "./seeded-random.ts";
import type { Part } from "./types.ts";

/** How a room looks. */
export interface Room {
  readonly table: Surface;
  readonly floor: Surface;
  readonly wall: Surface;
  /** From behind the agent camera, so that it sees the lit sides. */
  readonly light: Light;
}

/** Muted pairs: no object's colour is hidden on them. */
const TABLES: readonly [readonly [Vector3, Vector3], ...(readonly [Vector3, Vector3])[]] = [
  [
    [0.66, 0.53, 0.38],
    [0.58, 0.45, 0.31],
  ],
  [
    [0.74, 0.66, 0.54],
    [0.67, 0.58, 0.46],
  ],
  [
    [0.6, 0.62, 0.6],
    [0.54, 0.56, 0.55],
  ],
  [
    [0.72, 0.7, 0.66],
    [0.64, 0.62, 0.6],
  ],
  [
    [0.5, 0.43, 0.36],
    [0.44, 0.37, 0.3],
  ],
  [
    [0.62, 0.66, 0.7],
    [0.55, 0.59, 0.64],
  ],
];
const PATTERNS = ["wood", "checker", "stripes", "speckle", "plain"] as const;
const FLOORS: readonly [Vector3, ...Vector3[]] = [
  [0.36, 0.33, 0.3],
  [0.3, 0.33, 0.36],
  [0.42, 0.4, 0.37],
  [0.28, 0.27, 0.28],
];
const WALLS: readonly [Vector3, ...Vector3[]] = [
  [0.78, 0.77, 0.73],
  [0.7, 0.75, 0.78],
  [0.76, 0.72, 0.68],
  [0.68, 0.72, 0.68],
];

/** The look of episode `seed`. */
export function roomLook(seed: number): Room {
  const random = seededRandom(seed, STREAM.room);
  const [colour, secondary] = pick(random, TABLES);
  const floor = pick(random, FLOORS);
  return {
    table: { colour, secondary, pattern: pick(random, PATTERNS), period: uniform(random, 0.05, 0.11) },
    floor: {
      colour: floor,
      secondary: [floor[0] * 0.85, floor[1] * 0.85, floor[2] * 0.85],
      pattern: "checker",
      period: uniform(random, 0.3, 0.6),
    },
    wall: { colour: pick(random, WALLS) },
    light: {
      direction: [uniform(random, -0.8, -0.25), uniform(random, -0.5, 0.5), -1],
      ambient: uniform(random, 0.45, 0.58),
      diffuse: uniform(random, 0.5, 0.65),
      colour: [1, uniform(random, 0.96, 1), uniform(random, 0.9, 1)],
    },
  };
}

/** Table, floor and walls, only to be seen: `TABLE_ELEMENT` carries the things. */
export function roomParts({ table, floor, wall }: Room): Part[] {
  return [
    panel([0.5, 0.6, 0.02], [-0.08, 0, -0.02], table),
    panel([2.5, 2.5, 0.02], [0, 0, -0.77], floor),
    panel([0.02, 2.5, 1.6], [-1.6, 0, 0.8], wall),
    panel([2.5, 0.02, 1.6], [0, -1.8, 0.8], wall),
    panel([2.5, 0.02, 1.6], [0, 1.8, 0.8], wall),
  ];
}

function panel(size: Vector3, position: Vector3, surface: Surface): Part {
  return { shape: "box", size, position, surface, touch: "none", shadow: false };
}

/** An unseen plane at the table's height, so that nothing can fall off: always geom 0. */
export const TABLE_ELEMENT =
  '<geom type="plane" size="2 2 0.1" friction="1 0.01 0.001" contype="1" conaffinity="3"/>';
