/** The suites that ship. They vary one thing each, as LIBERO's do. */
export type SuiteName = "spatial" | "object" | "goal" | "long";

export type ObjectKind =
  | "cube"
  | "can"
  | "bottle"
  | "cup"
  | "carton"
  | "plate"
  | "bowl"
  | "basket"
  | "pad"
  | "stand";

/** A thing on the table. */
export interface ObjectSpec {
  /** Unique within the task; goals refer to it. */
  readonly name: string;
  readonly kind: ObjectKind;
  readonly colour: string;
  /** Where it may stand: metres on the table, `x` away from the robot, `y` to its left. */
  readonly region: { readonly x: readonly [number, number]; readonly y: readonly [number, number] };
  /** Stands on or beside another object, in place of `region`. */
  readonly at?: { readonly relation: "on" | "next-to" | "front-of" | "behind"; readonly object: string };
}

/** What must be true at the end; judged on the physical state. */
export interface Goal {
  readonly kind: "on" | "in" | "stacked" | "poured";
  /** The object that the robot must handle. */
  readonly object: string;
  /** Where it, or what is in it, must end up. */
  readonly target: string;
}

export interface Task {
  /** A suite's name, or the user's own. */
  readonly suite: string;
  /** `suite/what-to-do`, unique. */
  readonly name: string;
  /** The instruction in several wordings; the first is canonical. */
  readonly wordings: readonly [string, ...string[]];
  readonly objects: readonly ObjectSpec[];
  /** In order: one, or two for `long`. */
  readonly goals: readonly Goal[];
  /** Control steps after which an episode has failed. */
  readonly horizon: number;
}
