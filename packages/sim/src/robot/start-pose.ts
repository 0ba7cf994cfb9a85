import type { Pose } from "../environment/types.ts";
import { fromRotationVector, IDENTITY } from "../world/rotations.ts";
import { seededRandom, STREAM, uniform } from "../world/seeded-random.ts";

export const HOME: Pose = { position: [-0.1, 0, 0.22], rotation: IDENTITY };

/** A pose above anything that stands on the table, of episode `seed`. */
export function poseAnywhere(seed: number): Pose {
  const random = seededRandom(seed, STREAM.startPose);
  return {
    position: [uniform(random, -0.13, 0.2), uniform(random, -0.25, 0.25), uniform(random, 0.17, 0.3)],
    rotation: fromRotationVector([
      uniform(random, -0.1, 0.1),
      uniform(random, -0.1, 0.1),
      uniform(random, -0.3, 0.3),
    ]),
  };
}
