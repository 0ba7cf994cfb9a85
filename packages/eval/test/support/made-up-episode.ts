import { createPolicy, keepAll, vlaPruner } from "@vla-pruner/core";
import type { CameraFrame } from "@vla-pruner/core";
import { FakeAdapter } from "@vla-pruner/core/testing";
import { traceRecorder } from "../../src/index.ts";
import type { EpisodeOutcome, EpisodeTrace } from "../../src/index.ts";

const SIDE = 112;

export const OUTCOME: EpisodeOutcome = {
  task: "goal/cube-in-bowl",
  suite: "goal",
  seed: 7,
  instruction: "put the red cube in the bowl",
  success: true,
  steps: 80,
  goals: 1,
  calls: 20,
  denseCalls: 3,
  objectKept: 0.9,
  overlap: 0.7,
  timings: {},
};

/** A picture whose texture moves by two pixels a call, and a square on it that moves by one the other way. */
export function madeUpFrame(call: number, shade: number): CameraFrame {
  const data = new Uint8Array(SIDE * SIDE * 3);
  for (let pixel = 0; pixel < SIDE * SIDE; pixel += 1) {
    const [x, y] = [pixel % SIDE, Math.floor(pixel / SIDE)];
    const inside = x >= 20 + call && x < 40 + call && y >= 50 && y < 70;
    const wood = shade + (((x + 2 * call) * 7 + y * 13 + (((x + 2 * call) * y) % 11) * 5) % 60);
    data.set(inside ? [210, 30, 40] : [wood, Math.floor(wood * 0.8), Math.floor(wood * 0.6)], pixel * 3);
  }
  return { data, width: SIDE, height: SIDE, channels: 3 };
}

/** An episode of a policy without a model, two cameras of 256 tokens. */
export async function madeUpEpisode(calls: number, retention: number): Promise<EpisodeTrace> {
  const adapter = new FakeAdapter({ views: ["image", "wrist_image"], visionTokensPerView: 256, horizon: 8 });
  const pruner = retention === 1 ? keepAll() : vlaPruner({ retention });
  const episode = createPolicy({ adapter, pruner }).startEpisode();
  const recorder = traceRecorder();
  for (let call = 0; call < calls; call += 1) {
    const images = { image: madeUpFrame(call, 90), wrist_image: madeUpFrame(2 * call, 60) };
    const result = await episode.act({ images, instruction: OUTCOME.instruction });
    recorder.onCall({ step: 4 * call, images, result, objectKept: 0.8, overlap: call === 0 ? null : 0.7 });
  }
  return recorder.trace(retention === 1 ? "dense" : `vla-pruner ${100 * retention} %`, OUTCOME);
}
