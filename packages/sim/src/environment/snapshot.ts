import { VlaPrunerError } from "@vla-pruner/format";
import type { Task } from "../tasks/types.ts";

/** What an episode knows beside its physics. */
export interface Progress {
  readonly steps: number;
  readonly goal: number;
  readonly holding: string | null;
}

const HEADER = 3;

/** Float64 numbers: steps, goal, index of the held object or −1; then the physics. */
export function encodeSnapshot(progress: Progress, task: Task, physics: Float64Array): Uint8Array {
  const numbers = new Float64Array(HEADER + physics.length);
  const holding = task.objects.findIndex(({ name }) => name === progress.holding);
  numbers.set([progress.steps, progress.goal, holding]);
  numbers.set(physics, HEADER);
  return new Uint8Array(numbers.buffer);
}

/**
 * @param length how many numbers the physics takes
 * @throws `state-invalid` for bytes that are no snapshot of this task
 */
export function decodeSnapshot(
  bytes: Uint8Array,
  task: Task,
  length: number,
): { readonly progress: Progress; readonly physics: Float64Array } {
  const numbers =
    bytes.byteLength === 8 * (HEADER + length) ? new Float64Array(Uint8Array.from(bytes).buffer) : undefined;
  const [steps = 0, goal = 0, holding = -1] = numbers ?? [];
  const isWhole = Number.isInteger(steps) && Number.isInteger(goal) && goal >= 0 && goal <= task.goals.length;
  if (numbers === undefined || !isWhole || !numbers.every((value) => Number.isFinite(value)))
    throw new VlaPrunerError("state-invalid", {
      expected: `a snapshot of ${task.name}, ${String(8 * (HEADER + length))} bytes`,
      found: `${String(bytes.byteLength)} bytes, or others`,
      fix: "pass what snapshot() of an episode of the same task and disturbances returned",
    });
  const progress = { steps, goal, holding: task.objects[holding]?.name ?? null };
  return { progress, physics: numbers.slice(HEADER) };
}
