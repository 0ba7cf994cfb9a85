import type { CameraFrame } from "@vla-pruner/core";
import { kindOf, NumpyArray } from "../codec/numpy-array.ts";
import { refused } from "../codec/refused.ts";

/** Channels of a picture: grey, RGB, RGB and alpha. */
const CHANNELS: readonly number[] = [1, 3, 4];
/** Longest side of a picture, pixels: beyond any camera of a robot. */
const LONGEST = 8192;

/** Whether a value looks like a picture: three dimensions, or nested lists of that depth. */
export function isFrame(value: unknown): boolean {
  if (value instanceof NumpyArray) return value.shape.length === 3 || value.shape.length === 4;
  return Array.isArray(value) && Array.isArray(value[0]) && Array.isArray(value[0][0]);
}

/**
 * A picture as the model's adapters take it, uint8 `[height, width, channels]`. Bytes of the message are not copied
 * where they lie so; channels first, and fractions of 1, are turned as openpi's own server does.
 *
 * @param name for the error
 * @throws `observation-invalid`
 */
export function toFrame(value: unknown, name: string): CameraFrame {
  const array = Array.isArray(value) ? fromLists(value, name) : value;
  if (!(array instanceof NumpyArray)) throw noPicture(name, kindOf(value));
  const shape = array.shape.length === 4 && array.shape[0] === 1 ? array.shape.slice(1) : array.shape;
  const [first = 0, second = 0, third = 0] = shape;
  const last = CHANNELS.includes(third);
  if (shape.length !== 3 || !(last || CHANNELS.includes(first))) throw noPicture(name, kindOf(array));
  const [height, width, channels] = last ? [first, second, third] : [second, third, first];
  if (Math.min(height, width) < 1 || Math.max(height, width) > LONGEST) throw noPicture(name, kindOf(array));
  const pixels = bytesOf(array, name);
  return { data: last ? pixels : channelsLast(pixels, height * width, channels), width, height, channels };
}

/** uint8 values, as they are or out of fractions of 1. */
function bytesOf({ data }: NumpyArray, name: string): Uint8Array {
  if (data instanceof Uint8Array) return data;
  const fractions = data instanceof Float32Array || data instanceof Float64Array;
  const most = fractions ? 1 : 255;
  const bytes = new Uint8Array(data.length);
  for (let index = 0; index < data.length; index += 1) {
    const value = Number(data[index]);
    if (!(value >= 0 && value <= most))
      throw refused(
        `values of ${name} from 0 to ${most}`,
        String(value),
        "send pictures as uint8, or as fractions of 1",
      );
    bytes[index] = fractions ? Math.trunc(255 * value) : value;
  }
  return bytes;
}

/** `[channels, pixels]` → `[pixels, channels]` */
function channelsLast(planes: Uint8Array, count: number, channels: number): Uint8Array {
  const pixels = new Uint8Array(planes.length);
  for (let channel = 0; channel < channels; channel += 1) {
    for (let pixel = 0; pixel < count; pixel += 1)
      pixels[pixel * channels + channel] = planes[channel * count + pixel] ?? 0;
  }
  return pixels;
}

/** Nested lists, as clients send them that forgot to patch their json: whole numbers of 0 to 255. */
function fromLists(rows: readonly unknown[], name: string): NumpyArray {
  const [first] = rows;
  const width = Array.isArray(first) ? first.length : 0;
  const channels = Array.isArray(first) && Array.isArray(first[0]) ? first[0].length : 0;
  const data = new Uint8Array(rows.length * width * channels);
  let index = 0;
  for (const row of rows) {
    if (!Array.isArray(row) || row.length !== width) throw ragged(name);
    for (const pixel of row as unknown[]) {
      if (!Array.isArray(pixel) || pixel.length !== channels) throw ragged(name);
      for (const value of pixel as unknown[]) {
        if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > 255)
          throw refused(
            `whole numbers of 0 to 255 in ${name}`,
            JSON.stringify(value),
            "send pictures as uint8",
          );
        data[index] = value as number;
        index += 1;
      }
    }
  }
  return new NumpyArray("|u1", [rows.length, width, channels], data);
}

function ragged(name: string): Error {
  return refused(`rows of one length in ${name}`, "ragged ones", "send a picture of height, width, channels");
}

function noPicture(name: string, found: string): Error {
  return refused(
    `${name}: a picture of [height, width, 1, 3 or 4]`,
    found,
    "send uint8 pixels, channels last or first",
  );
}
