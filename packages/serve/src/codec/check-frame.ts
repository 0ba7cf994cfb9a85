import { refused } from "./refused.ts";

/** Deeper than any observation, and far from the end of the stack. */
const DEPTH = 24;
/** Values in all: a frame of one-byte numbers would become a list of many times its size. */
const VALUES = 1 << 20;

/** Bytes of the length, or of the value, behind each first byte from 0xc0 on. */
const HEADS: Readonly<Record<number, readonly [kind: "value" | "bytes" | "list" | "map", size: number]>> = {
  0xc0: ["value", 0],
  0xc2: ["value", 0],
  0xc3: ["value", 0],
  0xc4: ["bytes", 1],
  0xc5: ["bytes", 2],
  0xc6: ["bytes", 4],
  0xca: ["value", 4],
  0xcb: ["value", 8],
  0xcc: ["value", 1],
  0xcd: ["value", 2],
  0xce: ["value", 4],
  0xcf: ["value", 8],
  0xd0: ["value", 1],
  0xd1: ["value", 2],
  0xd2: ["value", 4],
  0xd3: ["value", 8],
  0xd9: ["bytes", 1],
  0xda: ["bytes", 2],
  0xdb: ["bytes", 4],
  0xdc: ["list", 2],
  0xdd: ["list", 4],
  0xde: ["map", 2],
  0xdf: ["map", 4],
};

/**
 * Walks over a frame before the library reads it: whole, nothing behind it, no extension types (the library would
 * make code and objects of them), neither too deep nor too many values. No decoder limits all of this.
 *
 * @throws `observation-invalid`
 */
export function checkFrame(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  /** Values that are still to come, by level. */
  const open: number[] = [1];
  let position = 0;
  let values = 0;

  const take = (size: number): number => {
    const start = position;
    position += size;
    if (position > bytes.length)
      throw refused("a whole msgpack frame", "one that ends too soon", "send it again");
    return start;
  };
  const lengthOf = (size: number): number => {
    const start = take(size);
    if (size === 1) return view.getUint8(start);
    return size === 2 ? view.getUint16(start) : view.getUint32(start);
  };
  const enter = (count: number): void => {
    if (open.length >= DEPTH) throw refused(`at most ${DEPTH} levels`, "more", "send a flatter observation");
    // Each value takes a byte at least.
    if (count > bytes.length - position)
      throw refused("a whole msgpack frame", "a length beyond its end", "send it again");
    if (count > 0) open.push(count);
  };

  while (open.length > 0) {
    const level = open.length - 1;
    const left = open[level] ?? 0;
    if (left === 0) {
      open.pop();
      continue;
    }
    open[level] = left - 1;
    values += 1;
    if (values > VALUES) throw refused(`at most ${VALUES} values`, "more", "send arrays of numpy's");
    const head = view.getUint8(take(1));
    if (head < 0x80 || head >= 0xe0) continue;
    if (head < 0x90) enter(2 * (head & 0x0f));
    else if (head < 0xa0) enter(head & 0x0f);
    else if (head < 0xc0) take(head & 0x1f);
    else {
      const known = HEADS[head];
      if (known === undefined)
        throw refused(
          "plain msgpack values",
          "an extension type",
          "send numbers, texts, bytes, lists and maps",
        );
      const [kind, size] = known;
      if (kind === "value") take(size);
      else if (kind === "bytes") take(lengthOf(size));
      else enter(lengthOf(size) * (kind === "map" ? 2 : 1));
    }
  }
  if (position !== bytes.length)
    throw refused(
      "one msgpack value",
      `${bytes.length - position} bytes behind it`,
      "send one value a frame",
    );
}
