import { Unpackr } from "msgpackr/unpack";
import { checkFrame } from "./check-frame.ts";
import { kindOf, readArray } from "./numpy-array.ts";
import { refused } from "./refused.ts";

/** What a client sent, in plain values: maps are objects, arrays of numpy's `NumpyArray`s, pictures `Picture`s. */
export type Fields = Readonly<Record<string, unknown>>;

/** A picture as its file: PNG or JPEG. */
export class Picture {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: false, int64AsType: "number" });
const text = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a frame in any of the field's dialects of msgpack: arrays by openpi (binary keys), vla-eval (string keys, and
 * pictures as files) and msgpack-numpy (`nd`).
 *
 * @throws `observation-invalid` for what is no such frame
 */
export function unpack(frame: Uint8Array): unknown {
  checkFrame(frame);
  let value: unknown;
  try {
    value = unpackr.unpack(frame);
  } catch {
    throw refused("a msgpack frame", "one that cannot be read", "send it again");
  }
  return plain(value);
}

/** A frame that must be a map. @throws `observation-invalid` */
export function unpackMap(frame: Uint8Array): Fields {
  const value = unpack(frame);
  if (isFields(value)) return value;
  throw refused("a map of names and values", kindOf(value), "send the observation as a dictionary");
}

/** Whether a value is a map, and neither a list nor an array. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function plain(value: unknown): unknown {
  if (value instanceof Map) return mapOf(value);
  return Array.isArray(value) ? value.map(plain) : value;
}

function mapOf(map: ReadonlyMap<unknown, unknown>): unknown {
  const entries = new Map<string, unknown>();
  for (const [key, value] of map) {
    const name = nameOf(key);
    if (entries.has(name))
      throw refused("each name once in a map", name.slice(0, 40), "send one value a name");
    entries.set(name, plain(value));
  }
  return numpyOf(entries) ?? Object.fromEntries(entries);
}

function nameOf(key: unknown): string {
  const name = key instanceof Uint8Array ? decoded(key) : typeof key === "number" ? String(key) : key;
  if (typeof name !== "string" || name === "__proto__")
    throw refused("names of text in a map", kindOf(key), "send dictionaries with names as keys");
  return name;
}

function decoded(bytes: Uint8Array): string {
  try {
    return text.decode(bytes);
  } catch {
    throw refused("names in UTF-8", "other bytes", "send names as text");
  }
}

/** What numpy's values are in the dialects; `undefined` for a map of another kind. */
function numpyOf(map: ReadonlyMap<string, unknown>): unknown {
  if (map.get("__ndarray__") === true) return readArray(map.get("dtype"), map.get("shape"), map.get("data"));
  if (map.get("__npgeneric__") === true) return map.get("data");
  if (map.get("__image__") === true) return pictureOf(map);
  const nd = map.get("nd");
  if (typeof nd !== "boolean" || !map.has("type") || !map.has("data")) return undefined;
  return readArray(asText(map.get("type")), nd ? map.get("shape") : [], map.get("data"));
}

function asText(value: unknown): unknown {
  return value instanceof Uint8Array ? decoded(value) : value;
}

function pictureOf(map: ReadonlyMap<string, unknown>): unknown {
  const [format, data] = [map.get("format"), map.get("data")];
  if (format === "raw") return readArray(map.get("dtype"), map.get("shape"), data);
  if ((format === "png" || format === "jpeg") && data instanceof Uint8Array) return new Picture(data);
  throw refused("a picture as raw, png or jpeg", String(format).slice(0, 40), "choose one of these formats");
}
