import { type Policy } from "@vla-pruner/core";
import { seededRandom } from "@vla-pruner/core/adapter";
import { CAMERAS, expertChunk, trainSeed } from "@vla-pruner/sim";
import type { Simulator, Tabletop, Task } from "@vla-pruner/sim";
import { noisyDriver } from "./driver.ts";
import { labelPatches } from "./patch-labels.ts";
import type { Sample } from "./shard-writer.ts";

/** Classes of patches: the room, each kind of object, the gripper. */
const KINDS = ["cube", "can", "bottle", "cup", "carton", "plate", "bowl", "basket", "pad", "stand"];
export const CLASSES = KINDS.length + 2;
/** Actions of a label. */
export const CHUNK = 16;
const PATCH = 7;

/** Share of the control steps of which a sample is taken. Steps that a student drives cost a call of the model. */
const TAKEN = { expert: 0.35, student: 0.6 };
/** Share of the episodes that start above any place of the table. */
const ANYWHERE = 0.5;
/** How much the driver is disturbed: a third of the episodes each. */
const NOISES = {
  expert: [
    { spread: 0.05, bursts: 0 },
    { spread: 0.25, bursts: 0.01 },
    { spread: 0.4, bursts: 0.03 },
  ],
  // Where a student stands still, noise would free it; what it should have done there must be learnt.
  student: [
    { spread: 0, bursts: 0 },
    { spread: 0.05, bursts: 0 },
    { spread: 0.25, bursts: 0.01 },
  ],
} as const;

export interface PlayOptions {
  readonly task: Task;
  /** Number of the training episode. */
  readonly episode: number;
  /** Row of each instruction in instructions.json. */
  readonly rows: ReadonlyMap<string, number>;
  readonly student?: Policy;
}

/** Plays one training episode and yields labelled samples on the way. */
export async function* play(
  simulator: Simulator,
  { task, episode, rows, student }: PlayOptions,
): AsyncGenerator<Sample, boolean> {
  const seed = trainSeed(episode);
  const random = seededRandom(seed, 1, 7);
  const who = student === undefined ? "expert" : "student";
  const noises = NOISES[who];
  const noise = noises[Math.floor(random() * noises.length)] ?? noises[0];
  const tabletop = simulator.start(task, { seed, start: random() < ANYWHERE ? "anywhere" : "home" });
  try {
    const driver = noisyDriver(seed, noise, student);
    for (;;) {
      if (random() < TAKEN[who]) yield sampleOf(tabletop, rows, driver.source);
      const { done, success } = tabletop.step(await driver.next(tabletop));
      if (done) return success;
    }
  } finally {
    tabletop.dispose();
  }
}

function sampleOf(tabletop: Tabletop, rows: ReadonlyMap<string, number>, source: 0 | 1): Sample {
  const { images, instruction, state } = tabletop.observe();
  const { frames, roles, names } = tabletop.segmentation();
  const { task } = tabletop;
  const world = tabletop.state();
  const classOf = new Map<number, number>(roles.gripper.map((id) => [id, CLASSES - 1]));
  for (const [id, name] of names) {
    const kind = task.objects.find((object) => object.name === name)?.kind;
    if (kind !== undefined) classOf.set(id, 1 + KINDS.indexOf(kind));
  }
  const labels = CAMERAS.map((camera) => labelPatches(frames[camera], PATCH, classOf, roles));
  const goal = task.goals[Math.min(world.goal, task.goals.length - 1)];
  const position = (name: string | undefined): readonly number[] =>
    world.objects[name ?? ""]?.position ?? [0, 0, 0];
  return {
    frames: Buffer.concat(CAMERAS.map((camera) => images[camera].data)),
    classes: Buffer.concat(labels.map(({ classes }) => classes)),
    roles: Buffer.concat(labels.map((label) => label.roles)),
    state,
    actions: expertChunk(world, task, CHUNK),
    points: [position(goal?.object), position(goal?.target)],
    instruction: rows.get(instruction) ?? 0,
    source,
  };
}
