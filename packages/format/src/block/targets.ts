/** Kinds of device that a model's graphs are made for. They run, and agree, on the others, too. */
export const TARGETS = ["cpu", "webgpu", "cuda"] as const;

export type Target = (typeof TARGETS)[number];
