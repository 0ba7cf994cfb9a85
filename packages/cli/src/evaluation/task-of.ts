import { readFile } from "node:fs/promises";
import { VlaPrunerError } from "@vla-pruner/format";
import { parseTask, taskNamed } from "@vla-pruner/sim";
import type { Task } from "@vla-pruner/sim";

/**
 * A task by its name, or out of a file whose name ends in `.json`.
 *
 * @throws `task-invalid`
 */
export async function taskOf(nameOrFile: string): Promise<Task> {
  if (!nameOrFile.endsWith(".json")) return taskNamed(nameOrFile);
  let task: unknown;
  try {
    task = JSON.parse(await readFile(nameOrFile, "utf8"));
  } catch (cause) {
    throw new VlaPrunerError("task-invalid", {
      expected: `a task as JSON in ${nameOrFile}`,
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "pass the path of a task file, or the name of a task that ships",
      cause,
    });
  }
  return parseTask(task);
}
