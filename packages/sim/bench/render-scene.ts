import type { Camera, Drawable, Light, Poses, Surface, Vector3 } from "../src/render/types.ts";

/** A table with objects, an arm and a gripper, of about 60 drawables: what an episode's picture holds. */
export interface Scene {
  readonly drawables: readonly Drawable[];
  readonly poses: Poses;
  readonly cameras: Readonly<Record<"image" | "wrist_image", Camera>>;
  readonly light: Light;
}

const UPRIGHT = [1, 0, 0, 0, 1, 0, 0, 0, 1];

export function tabletopScene(): Scene {
  const drawables: Drawable[] = [];
  const positions: number[] = [];
  const rotations: number[] = [];
  function add(
    shape: Drawable["shape"],
    size: Vector3,
    position: Vector3,
    surface: Surface,
    id: number,
    rotation = UPRIGHT,
  ): void {
    drawables.push({ shape, size, surface, id, shadow: id > 0 });
    positions.push(...position);
    rotations.push(...rotation);
  }
  const grey = { colour: [0.62, 0.64, 0.67] } as const;
  const wood = {
    colour: [0.72, 0.55, 0.38],
    secondary: [0.5, 0.34, 0.2],
    pattern: "wood",
    period: 0.05,
  } as const;
  const floor = {
    colour: [0.5, 0.5, 0.52],
    secondary: [0.42, 0.42, 0.45],
    pattern: "checker",
    period: 0.5,
  } as const;
  add("plane", [0, 0, 1], [0, 0, -0.75], floor, 0);
  add("box", [0.4, 0.45, 0.02], [0.05, 0, -0.02], wood, 0);
  add("box", [0.0225, 0.0225, 0.0225], [0.02, -0.12, 0.0225], { colour: [0.85, 0.12, 0.1] }, 1, turned(0.5));
  add("box", [0.0225, 0.0225, 0.0225], [0.12, 0.03, 0.0225], { colour: [0.1, 0.3, 0.85] }, 2, turned(0.2));
  add(
    "cylinder",
    [0.024, 0.04, 0],
    [0.04, 0.12, 0.04],
    { colour: [0.1, 0.6, 0.2], secondary: [0.9, 0.9, 0.9], pattern: "stripes", period: 0.04 },
    3,
  );
  add("cylinder", [0.022, 0.05, 0], [-0.05, 0.18, 0.05], { colour: [0.9, 0.8, 0.1] }, 4);
  add("cylinder", [0.011, 0.02, 0], [-0.05, 0.18, 0.12], { colour: [0.9, 0.8, 0.1] }, 4);
  add("cylinder", [0.08, 0.006, 0], [0.1, -0.13, 0.006], { colour: [0.9, 0.9, 0.92] }, 5);
  add(
    "box",
    [0.06, 0.06, 0.002],
    [-0.02, 0.03, 0.002],
    { colour: [0.5, 0.2, 0.6], pattern: "checker", period: 0.04 },
    6,
  );
  add(
    "sphere",
    [0.03, 0, 0],
    [0.16, 0.14, 0.03],
    { colour: [0.95, 0.5, 0.1], pattern: "speckle", period: 0.01 },
    7,
  );
  for (let wall = 0; wall < 12; wall += 1) {
    const angle = (wall * Math.PI) / 6;
    add(
      "box",
      [0.004, 0.018, 0.0175],
      [0.02 + 0.066 * Math.cos(angle), -0.22 + 0.066 * Math.sin(angle), 0.0175],
      { colour: [0.2, 0.7, 0.7] },
      8,
      turned(angle),
    );
  }
  add("cylinder", [0.066, 0.003, 0], [0.02, -0.22, 0.003], { colour: [0.2, 0.7, 0.7] }, 8);
  for (let wall = 0; wall < 10; wall += 1) {
    const angle = (wall * Math.PI) / 5;
    add(
      "box",
      [0.002, 0.0098, 0.035],
      [0.17 + 0.028 * Math.cos(angle), -0.02 + 0.028 * Math.sin(angle), 0.035],
      { colour: [0.95, 0.55, 0.7] },
      9,
      turned(angle),
    );
  }
  for (let ball = 0; ball < 3; ball += 1)
    add("sphere", [0.008, 0, 0], [0.165 + 0.01 * ball, -0.02, 0.012], { colour: [1, 1, 1] }, 10);
  // The arm: base, links between its joints, hand, fingers.
  add("cylinder", [0.06, 0.06, 0], [-0.45, 0, 0.06], grey, 20);
  const joints: Vector3[] = [
    [-0.45, 0, 0.12],
    [-0.45, 0, 0.27],
    [-0.36, 0, 0.52],
    [-0.15, 0, 0.46],
    [-0.1, 0, 0.42],
    [-0.1, 0, 0.33],
  ];
  for (let joint = 0; joint + 1 < joints.length; joint += 1) {
    const from = joints[joint]!;
    const to = joints[joint + 1]!;
    const middle = from.map((part, axis) => (part + to[axis]!) / 2) as unknown as Vector3;
    const along = from.map((part, axis) => to[axis]! - part) as unknown as Vector3;
    const half = Math.hypot(...along) / 2;
    add(
      "capsule",
      [0.035 - 0.003 * joint, half, 0],
      middle,
      { colour: [0.85, 0.86, 0.88] },
      20,
      axisAlong(along),
    );
    add("sphere", [0.045 - 0.003 * joint, 0, 0], to, grey, 20);
    add("ellipsoid", [0.03, 0.048, 0.03], from, { colour: [0.2, 0.2, 0.22] }, 20);
  }
  add("box", [0.02, 0.065, 0.02], [-0.1, 0, 0.29], grey, 21);
  for (const side of [-1, 1]) {
    add("box", [0.01, 0.006, 0.03], [-0.1, 0.048 * side, 0.24], { colour: [0.15, 0.15, 0.17] }, 21);
    add("box", [0.008, 0.004, 0.01], [-0.1, 0.046 * side, 0.215], { colour: [0.3, 0.3, 0.3] }, 21);
  }
  return {
    drawables,
    poses: { positions, rotations },
    cameras: {
      image: lookAt([0.75, 0.3, 0.6], [-0.05, 0, 0.08], 42),
      wrist_image: lookAt([-0.03, 0, 0.31], [-0.08, 0, 0.15], 75),
    },
    light: { direction: [-0.35, 0.3, -1], ambient: 0.5, diffuse: 0.6, colour: [1, 0.98, 0.95] },
  };
}

/** A camera at `eye` that looks at `target`, the world's z axis up in the picture. */
export function lookAt(eye: Vector3, target: Vector3, fovy: number): Camera {
  const back = unit([eye[0] - target[0], eye[1] - target[1], eye[2] - target[2]]);
  const right = unit([-back[1], back[0], 0]);
  const up = cross(back, right);
  return {
    position: eye,
    rotation: [right[0], up[0], back[0], right[1], up[1], back[1], right[2], up[2], back[2]],
    fovy,
  };
}

/** Body to world for a turn about z, radians. */
export function turned(angle: number): number[] {
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  return [cosine, -sine, 0, sine, cosine, 0, 0, 0, 1];
}

function axisAlong(direction: Vector3): number[] {
  const z = unit(direction);
  const x = unit(Math.abs(z[1]) < 0.9 ? cross([0, 1, 0], z) : cross([1, 0, 0], z));
  const y = cross(z, x);
  return [x[0], y[0], z[0], x[1], y[1], z[1], x[2], y[2], z[2]];
}

function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(v: Vector3): Vector3 {
  const length = Math.hypot(...v);
  return [v[0] / length, v[1] / length, v[2] / length];
}
