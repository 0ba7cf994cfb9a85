/** Three numbers: metres, or the parts red, green, blue of a colour in 0 … 1. */
export type Vector3 = readonly [number, number, number];

/** How a surface looks. Patterns are procedural, in the shape's own coordinates. */
export interface Surface {
  readonly colour: Vector3;
  readonly pattern?: "plain" | "checker" | "stripes" | "wood" | "speckle";
  /** Second colour of the pattern. */
  readonly secondary?: Vector3;
  /** Length of a pattern's period, metres. */
  readonly period?: number;
}

/** A body's visible part. `size` as in MuJoCo: half lengths of a box, radius and half height of a cylinder. */
export interface Drawable {
  readonly shape: "box" | "sphere" | "ellipsoid" | "cylinder" | "capsule" | "plane";
  readonly size: Vector3;
  readonly surface: Surface;
  /** Whose part it is, 1 … 255; 0 is the room (table, floor, walls). */
  readonly id: number;
  /** Whether it throws a shadow on the table. */
  readonly shadow?: boolean;
}

/** Where the drawables are, in their order. */
export interface Poses {
  /** float64 `[drawables, 3]`, metres. */
  readonly positions: ArrayLike<number>;
  /** float64 `[drawables, 9]`, row-major, body to world (MuJoCo's `geom_xmat`). */
  readonly rotations: ArrayLike<number>;
}

/** A pinhole camera. It looks along its own −z, +y is up (MuJoCo). */
export interface Camera {
  readonly position: ArrayLike<number>;
  /** `[9]`, row-major, camera to world. */
  readonly rotation: ArrayLike<number>;
  /** Vertical field of view, degrees. */
  readonly fovy: number;
}

export interface Light {
  /** The way the light travels; need not be of length 1. */
  readonly direction: Vector3;
  readonly ambient: number;
  readonly diffuse: number;
  readonly colour: Vector3;
}

/** One picture. Its arrays belong to the caller. */
export interface RenderedFrame {
  /** uint8 `[height, width, 3]`. */
  readonly pixels: Uint8Array;
  /** Whose part is seen at each pixel's centre, uint8 `[height, width]`. */
  readonly ids: Uint8Array;
  readonly width: number;
  readonly height: number;
}
