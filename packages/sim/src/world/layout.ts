import { VlaPrunerError } from "@vla-pruner/format";
import { DIMENSIONS } from "../tasks/dimensions.ts";
import type { ObjectSpec, Task } from "../tasks/types.ts";
import { tooClose, reachTowards, type Placed } from "./placed.ts";
import { seededRandom, STREAM, uniform } from "./seeded-random.ts";

const ATTEMPTS = 400;
/** Metres between outlines: a finger fits in. It shrinks where a scene is too full for it. */
const GAP = 0.028;
/** Distance of a thing to the one it stands beside, metres. */
const BESIDE = [0.018, 0.035] as const;
/** Boxes are turned by this at most, radians. */
const STRAIGHT = 0.15;
/** The table that arm and cameras reach, metres. */
const TABLE = { x: [-0.15, 0.22], y: [-0.28, 0.28] } as const;

/**
 * Where everything stands in episode `seed`.
 *
 * `next-to` is to the left or the right (along y), `front-of` towards the agent camera (+x), `behind` towards the robot.
 *
 * @param task its objects stand at ones that come before them, as `parseTask` demands
 * @throws `task-invalid` where the things do not fit
 */
export function layOut(task: Task, seed: number): Placed[] {
  const random = seededRandom(seed, STREAM.layout);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const gap = GAP * Math.min(1, 1.5 * (1 - attempt / ATTEMPTS));
    const placed = new Map<string, Placed>();
    for (const spec of task.objects) {
      const place = tryPlace(spec, placed, gap, random);
      if (place === undefined) break;
      placed.set(spec.name, place);
    }
    if (placed.size === task.objects.length) return [...placed.values()];
  }
  throw new VlaPrunerError("task-invalid", {
    expected: `objects of ${task.name} that fit on the table without touching`,
    found: `no such layout in ${String(ATTEMPTS)} attempts`,
    fix: "enlarge the regions, or leave out objects",
  });
}

function tryPlace(
  spec: ObjectSpec,
  placed: ReadonlyMap<string, Placed>,
  gap: number,
  random: () => number,
): Placed | undefined {
  const base = spec.at === undefined ? undefined : placed.get(spec.at.object);
  for (let attempt = 0; attempt < 30; attempt += 1) {
    const yaw = drawYaw(spec, random);
    const place = base === undefined ? inRegion(spec, yaw, random) : atObject(spec, base, yaw, random);
    const others = [...placed.values()];
    // Beside its base it stands closer than the gap that all others keep.
    if (isOnTable(place) && others.every((other) => !tooClose(place, other, other === base ? 0.01 : gap)))
      return place;
  }
  return undefined;
}

function inRegion(spec: ObjectSpec, yaw: number, random: () => number): Placed {
  const { x, y } = spec.region;
  return { spec, x: uniform(random, ...x), y: uniform(random, ...y), z: 0, yaw };
}

function atObject(spec: ObjectSpec, base: Placed, yaw: number, random: () => number): Placed {
  const relation = spec.at?.relation;
  if (relation === "on") {
    const { surface } = DIMENSIONS[base.spec.kind];
    const slack = (): number => uniform(random, -0.008, 0.008);
    return { spec, x: base.x + slack(), y: base.y + slack(), z: base.z + surface, yaw };
  }
  const side = random() < 0.5 ? 1 : -1;
  const along = relation === "front-of" ? 0 : relation === "behind" ? Math.PI : (side * Math.PI) / 2;
  const reach = reachTowards(base, along) + reachTowards({ spec, yaw }, along);
  const distance = reach + uniform(random, ...BESIDE);
  const across = uniform(random, -0.012, 0.012);
  return {
    spec,
    x: base.x + distance * Math.cos(along) - across * Math.sin(along),
    y: base.y + distance * Math.sin(along) + across * Math.cos(along),
    z: 0,
    yaw,
  };
}

/** Boxes stand nearly straight, as LIBERO's things do. */
function drawYaw({ kind }: ObjectSpec, random: () => number): number {
  const { round } = DIMENSIONS[kind];
  const turn = uniform(random, -1, 1);
  if (round) return kind === "cup" ? 0 : turn * Math.PI;
  return turn * STRAIGHT;
}

function isOnTable({ x, y }: Placed): boolean {
  return x >= TABLE.x[0] && x <= TABLE.x[1] && y >= TABLE.y[0] && y <= TABLE.y[1];
}
