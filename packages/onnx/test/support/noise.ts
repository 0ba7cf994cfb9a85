import { hashNoise, nameHash } from "../../src/synthetic/hash-noise.ts";
import { sizeOf } from "../../src/weights/tensor-source.ts";
import { MapSource } from "./map-source.ts";

/** Seeded numbers in [−scale, scale), different for every name. */
export function noise(name: string, size: number, scale = 1): Float32Array {
  return hashNoise(nameHash(name, 7), 0, size).map((value) => value * scale);
}

/** Seeded weights of these dims; matrices are scaled so that products stay near 1. */
export function noiseWeights(dims: Readonly<Record<string, readonly number[]>>): MapSource {
  const tensors = Object.entries(dims).map(([name, sizes]) => {
    const inputs = sizeOf(sizes.slice(1));
    return [name, { dims: sizes, values: noise(name, sizeOf(sizes), 1 / Math.sqrt(inputs)) }] as const;
  });
  return new MapSource(Object.fromEntries(tensors));
}
