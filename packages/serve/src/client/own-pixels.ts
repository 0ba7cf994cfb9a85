import type { CameraFrame, FrameSource, ObservationInput } from "@vla-pruner/core";

/** An observation with its pictures as pixels: files and addresses are read on this side. */
export async function ownPixels(observation: ObservationInput): Promise<ObservationInput> {
  const { images, ...rest } = observation;
  if (images === undefined) return rest;
  const frames = Object.entries(images).map(
    async ([name, source]) => [name, await pixelsOf(source)] as const,
  );
  return { ...rest, images: Object.fromEntries(await Promise.all(frames)) };
}

async function pixelsOf(source: FrameSource): Promise<CameraFrame> {
  if (typeof source === "string" || source instanceof URL) {
    // Loaded only for who needs it: it brings the runtime, too.
    const { readFrame } = await import("@vla-pruner/core");
    return pixelsOf(await readFrame(source));
  }
  const { data, width, height, channels } = source;
  return { data, width, height, channels };
}
