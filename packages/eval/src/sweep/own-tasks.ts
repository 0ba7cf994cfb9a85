import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { SUITES } from "@vla-pruner/sim";
import type { Task } from "@vla-pruner/sim";
import type { SweepPlan } from "./types.ts";

const SHIPPED: readonly Task[] = Object.values(SUITES).flat();

/** Fingerprints of the tasks that do not ship, by name: of those that do, the commit tells. */
export function ownTasks(suites: SweepPlan["suites"]): Record<string, string> {
  const own = Object.values(suites)
    .flat()
    .filter((task) => !SHIPPED.some((shipped) => isDeepStrictEqual(shipped, task)));
  return Object.fromEntries(own.map((task) => [task.name, hashOf(task)]));
}

function hashOf(task: Task): string {
  return createHash("sha256").update(JSON.stringify(task)).digest("hex").slice(0, 16);
}
