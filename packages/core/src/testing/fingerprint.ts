import type { Observation } from "../observation.ts";

/** A number that changes with any part of an observation (FNV-1a, 32 bits). */
export function fingerprint(observation: Observation): number {
  const { images = {}, instruction = "", state = [], pixelValues, inputIds = [], noise } = observation;
  let hash = 0x811c9dc5;
  const mix = (bytes: ArrayLike<number>): void => {
    for (let index = 0; index < bytes.length; index += 1) {
      hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
    }
  };
  const text = new TextEncoder();
  mix(text.encode(JSON.stringify([instruction, state, inputIds, pixelValues?.dims])));
  for (const [name, frame] of Object.entries(images)) {
    mix(text.encode(name));
    mix(frame.data);
  }
  for (const values of [pixelValues?.data, noise]) {
    if (values !== undefined) mix(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash;
}
