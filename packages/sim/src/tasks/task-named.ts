import { VlaPrunerError } from "@vla-pruner/format";
import { SUITES } from "./suites.ts";
import type { Task } from "./types.ts";

/**
 * The task that ships under this name.
 *
 * @throws `task-invalid` when there is none
 */
export function taskNamed(name: string): Task {
  const tasks = Object.values(SUITES).flat();
  const task = tasks.find((candidate) => candidate.name === name);
  if (task !== undefined) return task;
  throw new VlaPrunerError("task-invalid", {
    expected: `one of ${tasks.map((candidate) => candidate.name).join(", ")}`,
    found: JSON.stringify(name),
    fix: "pass one of these names, or a task file",
  });
}
