import assert from "node:assert/strict";
import fc from "fast-check";
import { Packr } from "msgpackr/pack";
import { NumpyArray } from "../src/codec/numpy-array.ts";
import { pack } from "../src/codec/pack.ts";
import type { Dialect } from "../src/codec/pack.ts";
import type { Picture } from "../src/codec/unpack.ts";
import { unpack, unpackMap } from "../src/codec/unpack.ts";
import { hasCode } from "@vla-pruner/core/testing";

const packr = new Packr({ useRecords: false });
const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(" ", ""), "hex");
const text = (value: string): string => Buffer.from(value).toString("hex");
/** `c4` and a length: a key in bytes, as openpi writes it. */
const key = (name: string): string => `c4${name.length.toString(16).padStart(2, "0")}${text(name)}`;

describe("msgpack of the field", () => {
  it("reads what openpi's client sends, at odd offsets, without copying pictures", () => {
    const frame = bytes(
      `87 b1 ${text("observation/image")} 84 ${key("__ndarray__")} c3 ${key("data")} c40c 000102030405060708090a0b
       ${key("dtype")} a3 ${text("|u1")} ${key("shape")} 93020203
       b1 ${text("observation/state")} 84 ${key("__ndarray__")} c3 ${key("data")} c408 0000803f00000040
       ${key("dtype")} a3 ${text("<f4")} ${key("shape")} 9102
       a6 ${text("prompt")} a2 ${text("hi")}
       a1 ${text("g")} 83 ${key("__npgeneric__")} c3 ${key("data")} cb3fe0000000000000 ${key("dtype")} a3 ${text("<f4")}
       a1 ${text("n")} 03 a1 ${text("f")} cb3ff8000000000000 a1 ${text("t")} 920102`.replaceAll(/\s/gu, ""),
    );
    const { "observation/image": image, "observation/state": state, ...rest } = unpackMap(frame);
    assert.ok(image instanceof NumpyArray && state instanceof NumpyArray);
    assert.deepEqual([image.dtype, image.shape, [...image.data].slice(0, 3)], ["|u1", [2, 2, 3], [0, 1, 2]]);
    assert.equal(image.data.buffer, frame.buffer);
    assert.deepEqual([...state.data], [1, 2]);
    assert.deepEqual(rest, { prompt: "hi", g: 0.5, n: 3, f: 1.5, t: [1, 2] });
  });

  it("writes what openpi's client reads, byte for byte", () => {
    const actions = new NumpyArray("<f4", [1, 2], Float32Array.from([1, 2]));
    const expected = `81a7${text("actions")}84${key("__ndarray__")}c3${key("data")}c4080000803f00000040${key("dtype")}a3${text("<f4")}${key("shape")}920102`;
    assert.equal(Buffer.from(pack({ actions }, "openpi")).toString("hex"), expected);
  });

  it("reads numpy's texts, halves, pictures and scalars of msgpack-numpy", () => {
    const word = Buffer.from("68000000690000000000000000000000", "hex");
    const half = Buffer.from("003c00c0017c0000", "hex");
    const frame = packMap({
      word: array("<U4", [], word),
      half: array("<f2", [4], half),
      scalar: array("<f4", [], Buffer.from("0000803f", "hex")),
      picture: new Map<unknown, unknown>([
        ["__image__", true],
        ["format", "png"],
        ["data", Buffer.from([1, 2])],
        ["shape", [1, 1, 3]],
      ]),
    });
    const { word: read, half: halves, scalar, picture } = unpackMap(frame);
    assert.equal(read, "hi");
    assert.deepEqual([...(halves as NumpyArray).data], [1, -2, Number.NaN, 0]);
    assert.equal(scalar, 1);
    assert.deepEqual([...(picture as Picture).bytes], [1, 2]);
  });

  it("gives back what it wrote, in every dialect and at every offset", () => {
    const arrays = fc.oneof(
      fc.uint8Array().map((data) => new NumpyArray("|u1", [data.length], data)),
      fc.float32Array({ noNaN: true }).map((data) => new NumpyArray("<f4", [data.length], data)),
      fc.float64Array({ noNaN: true }).map((data) => new NumpyArray("<f8", [data.length], data)),
      fc.int16Array().map((data) => new NumpyArray("<i2", [data.length], data)),
    );
    const values = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        arrays,
        fc.string(),
        fc.integer(),
        fc.double({ noNaN: true }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((name) => !name.startsWith("__")),
          tie("value"),
          {
            maxKeys: 3,
            noNullPrototype: true,
          },
        ),
      ),
    }));
    const dialects = fc.constantFrom<Dialect>("openpi", "vla-eval", "msgpack-numpy");
    fc.assert(
      fc.property(values.value, dialects, (value, dialect) => {
        assert.deepEqual(plain(unpack(pack(value, dialect))), plain(value));
      }),
    );
  });

  it("refuses hostile frames by an error of its own, and reads the next one", () => {
    const deep = Buffer.concat([Buffer.alloc(200_000, 0x91), Buffer.from([0xc0])]);
    const hostile: Readonly<Record<string, Buffer>> = {
      "a list of 4e9": bytes("ddffffffff00"),
      "a map of 4e9": bytes("dfffffffff00"),
      "bytes of 4 GB": bytes("c6ffffffff00"),
      deep,
      torn: bytes("85d9216f6273"),
      "two values": bytes("c0c0"),
      nothing: bytes(""),
      "never used": bytes("c1"),
      "a regular expression": bytes("d47800"),
      "a record": bytes(`81a161d47240`),
      __proto__: bytes(`81a9${text("__proto__")}81a17801`),
      "a name twice": bytes(`82a161 01 c40161 02`),
      "names that are no text": bytes("8181a16101 02"),
      "names that are no UTF-8": bytes("81c402ff00 01"),
      "too many values": Buffer.concat([bytes("dd00200000"), Buffer.alloc(0x20_00_00, 1)]),
      "a shape that does not fit": packMap({
        a: new Map<unknown, unknown>([
          ["__ndarray__", true],
          ["data", Buffer.alloc(3)],
          ["dtype", "<f4"],
          ["shape", [1]],
        ]),
      }),
      "objects of Python's": packMap({
        a: new Map<unknown, unknown>([
          ["__ndarray__", true],
          ["data", Buffer.alloc(8)],
          ["dtype", "|O"],
          ["shape", [1]],
        ]),
      }),
      "a shape below zero": packMap({
        a: new Map<unknown, unknown>([
          ["__ndarray__", true],
          ["data", Buffer.alloc(0)],
          ["dtype", "<f4"],
          ["shape", [-1]],
        ]),
      }),
    };
    for (const [name, frame] of Object.entries(hostile)) {
      assert.throws(() => unpackMap(frame), hasCode("observation-invalid"), name);
      assert.deepEqual(unpackMap(bytes("81a16101")), { a: 1 });
    }
    assert.equal(({} as Record<string, unknown>)["x"], undefined);
  });
});

/** As msgpack-numpy writes it. */
function array(dtype: string, shape: number[], data: Buffer): Map<unknown, unknown> {
  return new Map<unknown, unknown>([
    [Buffer.from("nd"), shape.length > 0],
    [Buffer.from("type"), dtype],
    [Buffer.from("shape"), shape],
    [Buffer.from("data"), data],
  ]);
}

/** A map of maps as a hostile or a foreign client would write it. */
function packMap(value: Readonly<Record<string, unknown>>): Buffer {
  return Buffer.from(packr.pack(new Map(Object.entries(value))));
}

function plain(value: unknown): unknown {
  if (value instanceof NumpyArray)
    return { shape: value.shape, data: [...value.data].map((part) => Number(part) + 0) };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "number") return value + 0;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}
