import { fileURLToPath } from "node:url";
import { isObject, VlaPrunerError } from "@vla-pruner/format";
import type { FrameSource, ObservationInput } from "../observation.ts";

type Pixels = Uint8Array | Uint8ClampedArray | Float32Array;

/** An observation that nobody else can change, and the buffers that may be moved on. */
export interface OwnedObservation {
  readonly observation: ObservationInput;
  readonly transfer: readonly ArrayBuffer[];
}

/**
 * Takes an observation over: pixels are moved out of the caller's arrays, which are empty from then on, or copied.
 * What is wrong with it is left to the checks of the step.
 *
 * @throws `observation-invalid` for what cannot cross to a worker
 */
export function ownObservation(input: ObservationInput, frames: "transfer" | "copy"): OwnedObservation {
  const moved = new Map<ArrayBufferLike, ArrayBuffer>();
  const own = (pixels: Pixels): Pixels => {
    const buffer = frames === "transfer" ? movedBuffer(pixels, moved) : null;
    if (pixels instanceof Float32Array) return buffer === null ? pixels.slice() : new Float32Array(buffer);
    if (buffer === null) return new Uint8Array(pixels);
    return new Uint8Array(buffer);
  };
  const ownPart = <Part extends { readonly data: unknown }>(part: Part): Part =>
    isPixels(part.data) ? { ...part, data: own(part.data) } : part;
  const { images, pixelValues, ...rest } = input;
  const observation = {
    ...clonedParts(rest),
    ...(images !== undefined && { images: isObject(images) ? mapFrames(images, ownPart) : images }),
    ...(pixelValues !== undefined && {
      pixelValues: isObject(pixelValues) ? ownPart(pixelValues) : pixelValues,
    }),
  } as ObservationInput;
  return { observation, transfer: [...moved.values()] };
}

function mapFrames(
  images: Readonly<Record<string, FrameSource>>,
  own: <Part extends { readonly data: unknown }>(part: Part) => Part,
): Record<string, FrameSource> {
  const entries = Object.entries(images).map(([name, source]): [string, FrameSource] => {
    if (source instanceof URL)
      return [name, source.protocol === "file:" ? fileURLToPath(source) : source.href];
    if (typeof source !== "object" || source === null) return [name, source];
    const { data, width, height, channels } = source; // A RawImage has more, which cannot cross.
    return [name, own({ data, width, height, channels })];
  });
  return Object.fromEntries(entries);
}

/** The whole buffer of some pixels, taken away from their owner; `null` where others may use a part of it. */
function movedBuffer(pixels: Pixels, moved: Map<ArrayBufferLike, ArrayBuffer>): ArrayBuffer | null {
  const { buffer, byteOffset, byteLength } = pixels;
  const known = moved.get(buffer);
  if (known !== undefined) return known;
  if (!(buffer instanceof ArrayBuffer) || byteOffset !== 0 || byteLength !== buffer.byteLength) return null;
  try {
    const taken = structuredClone(buffer, { transfer: [buffer] });
    moved.set(buffer, taken);
    return taken;
  } catch {
    return null; // Node keeps some of its own for itself.
  }
}

function isPixels(data: unknown): data is Pixels {
  return data instanceof Uint8Array || data instanceof Uint8ClampedArray || data instanceof Float32Array;
}

function clonedParts(parts: object): object {
  try {
    return structuredClone(parts);
  } catch (cause) {
    throw new VlaPrunerError("observation-invalid", {
      expected: "an observation of plain data",
      found: cause instanceof Error ? cause.message : String(cause),
      fix: "leave functions out of it: they cannot cross to a worker",
      cause,
    });
  }
}
