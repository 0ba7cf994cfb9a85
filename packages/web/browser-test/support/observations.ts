import { createSimulator, taskNamed, testSeed } from "@vla-pruner/sim";
import type { PackedObservation } from "../harness/messages.ts";

/** Fixed actions: every joint moves, the gripper closes. */
export const ACTIONS: readonly (readonly number[])[] = Array.from({ length: 12 }, (_, step) => [
  0.5 * Math.cos(step),
  0.4 * Math.sin(1 + step),
  -0.3,
  0.1,
  -0.1,
  0.2,
  step < 6 ? -1 : 1,
]);

export const TASK = "object/red-cube-in-basket";

/** What the simulator's cameras see while the arm moves by fixed actions. */
export async function observations(count: number): Promise<PackedObservation[]> {
  const world = (await createSimulator()).start(taskNamed(TASK), { seed: testSeed(0) });
  try {
    return Array.from({ length: count }, (_, index) => {
      const { images, instruction, state } = world.observe();
      world.step(ACTIONS[index] ?? []);
      const packed = Object.values(images).map(({ data, width, height }) => ({
        width,
        height,
        base64: Buffer.from(data).toString("base64"),
      }));
      return { images: packed, instruction, state };
    });
  } finally {
    world.dispose();
  }
}
