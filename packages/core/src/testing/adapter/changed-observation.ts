import assert from "node:assert/strict";
import type { CameraFrame, Observation } from "../../observation.ts";

/** The same observation in other words, all of them legal: ids in another order, or an instruction turned round. */
export function inOtherWords(observation: Observation): Observation {
  const { inputIds, instruction = "" } = observation;
  if (inputIds === undefined) {
    const turned = instruction.split(" ").toReversed().join(" ");
    return { ...observation, instruction: turned === instruction ? `${instruction} again` : turned };
  }
  const inner = inputIds.slice(1, -1);
  const rolled = [...inner.slice(1), ...inner.slice(0, 1)];
  const ids = [...inputIds.slice(0, 1), ...rolled, ...inputIds.slice(-1)];
  assert.notDeepEqual(ids, inputIds, "give an observation whose inputIds are of at least two words");
  return { ...observation, inputIds: ids };
}

/** The same observation with another last id; `null` where words are not given as ids. */
export function withAnotherLastId(observation: Observation): Observation | null {
  const { inputIds = [] } = observation;
  const other = inputIds.find((id, index) => index > 0 && id !== inputIds.at(-1));
  return other === undefined ? null : { ...observation, inputIds: [...inputIds.slice(0, -1), other] };
}

/** Red, green and blue, each uint8. */
export type Colour = readonly [red: number, green: number, blue: number];

/** The same observation, every frame of one colour. */
export function inOneColour(observation: Observation, colour: Colour): Observation {
  const frames = Object.entries(observation.images ?? {}).map(([name, { width, height }]) => {
    const data = Uint8Array.from({ length: 3 * width * height }, (_, index) => colour[index % 3] ?? 0);
    return [name, { data, width, height, channels: 3 } satisfies CameraFrame] as const;
  });
  return { ...observation, images: Object.fromEntries(frames) };
}
