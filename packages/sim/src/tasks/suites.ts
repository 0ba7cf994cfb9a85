import { goalSuite } from "./goal-suite.ts";
import { longSuite } from "./long-suite.ts";
import { objectSuite } from "./object-suite.ts";
import { spatialSuite } from "./spatial-suite.ts";
import type { SuiteName, Task } from "./types.ts";

/** The tasks that ship, five a suite. */
export const SUITES: Readonly<Record<SuiteName, readonly Task[]>> = {
  spatial: spatialSuite,
  object: objectSuite,
  goal: goalSuite,
  long: longSuite,
};
