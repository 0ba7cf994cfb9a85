import { dtypeOf, NumpyArray, readArray } from "./numpy-array.ts";
import { refused } from "./refused.ts";
import type { Fields } from "./unpack.ts";
import { isFields } from "./unpack.ts";

/** Deeper than any observation: a picture as nested lists has three levels. */
const DEPTH = 16;

/**
 * A body of json-numpy: `{"__numpy__": base64, "dtype", "shape"}` becomes an array. Written twice, as OpenVLA's own
 * client does it for old servers, it is `{"encoded": "<the body, as a string>"}`.
 *
 * @throws `observation-invalid`
 */
export function readBody(body: string): { readonly fields: Fields; readonly twice: boolean } {
  const once = revived(body);
  const inner = once["encoded"];
  if (typeof inner !== "string") return { fields: once, twice: false };
  return { fields: revived(inner), twice: true };
}

/** A reply in json-numpy. */
export function writeBody(value: unknown, twice: boolean): string {
  const text = JSON.stringify(value, (_, part: unknown) =>
    part instanceof NumpyArray ? encoded(part) : part,
  );
  return twice ? JSON.stringify(text) : text;
}

function revived(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused("a body of JSON", "something else", "send json_numpy.dumps(observation), without NaN");
  }
  const fields = revive(value, 0);
  if (isFields(fields)) return fields;
  throw refused(
    "an object of names and values",
    "another kind of JSON",
    "send the observation as a dictionary",
  );
}

function revive(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEPTH) throw refused(`at most ${DEPTH} levels`, "more", "send a flatter observation");
  if (Array.isArray(value)) {
    // A row of pixels: nothing in it to revive.
    if (typeof value[0] === "number") return value;
    return value.map((part) => revive(part, depth + 1));
  }
  if (Object.hasOwn(value, "__proto__"))
    throw refused("names of an observation", "__proto__", "leave it out");
  if (!Object.hasOwn(value, "__numpy__"))
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, revive(part, depth + 1)]));
  const { __numpy__: data, dtype, shape } = value as Readonly<Record<string, unknown>>;
  if (typeof data !== "string") throw refused("an array's data in base64", typeof data, "use json_numpy");
  return readArray(dtype, shape, Buffer.from(data, "base64"));
}

function encoded(array: NumpyArray): Record<string, unknown> {
  const { data, shape } = array;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { __numpy__: bytes.toString("base64"), dtype: dtypeOf(array), shape };
}
