export type {
  CameraName,
  Disturbances,
  EpisodeOptions,
  Pose,
  Role,
  Segmentation,
  SimulatedFrame,
  Simulator,
  StepOutcome,
  Tabletop,
  TabletopObservation,
  WorldState,
} from "./environment/types.ts";
export { Renderer } from "./render/renderer.ts";
export type { Camera, Drawable, Light, Poses, RenderedFrame, Surface, Vector3 } from "./render/types.ts";
export type { Goal, ObjectKind, ObjectSpec, SuiteName, Task } from "./tasks/types.ts";
export { goalReached, needsRelease } from "./tasks/goal-reached.ts";
export { parseTask } from "./tasks/parse-task.ts";
export { SUITES } from "./tasks/suites.ts";
export { taskNamed } from "./tasks/task-named.ts";
export { expertAction } from "./expert/expert-action.ts";
export { expertChunk } from "./expert/expert-chunk.ts";
export { CAMERAS } from "./environment/cameras.ts";
export { ACTION_SCALE } from "./environment/action-scale.ts";
export { createSimulator, type SimulatorOptions } from "./environment/create-simulator.ts";
export { testSeed, trainSeed } from "./environment/seeds.ts";
