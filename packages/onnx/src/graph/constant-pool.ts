import { float16Bits } from "../weights/float16.ts";
import type { Initializer, Value } from "./graph-model.ts";
import type { FloatType } from "./value-types.ts";

/** Small constants of a graph, each stored once, inside the graph file. */
export class ConstantPool {
  readonly #byName = new Map<string, Initializer>();

  /** int64 vector `[values]`. */
  ints(...values: readonly number[]): Value {
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.#keep({
      name: `ints_${values.join("_")}`,
      type: "int64",
      dims: [values.length],
      storage: { inline: bytes },
    });
  }

  /** int32 vector `[values]`. */
  int32s(...values: readonly number[]): Value {
    const bytes = new Uint8Array(Int32Array.from(values).buffer);
    return this.#keep({
      name: `int32s_${values.join("_")}`,
      type: "int32",
      dims: [values.length],
      storage: { inline: bytes },
    });
  }

  /** int64 scalar, `[]`. */
  int(value: number): Value {
    const bytes = new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);
    return this.#keep({ name: `int_${value}`, type: "int64", dims: [], storage: { inline: bytes } });
  }

  /** A float scalar of the given type, `[]`. */
  float(value: number, type: FloatType = "float32"): Value {
    const typed = type === "float32" ? Float32Array.of(value) : Uint16Array.of(float16Bits(value));
    return this.#keep({
      name: `${type}_${value}`,
      type,
      dims: [],
      storage: { inline: new Uint8Array(typed.buffer) },
    });
  }

  /** uint8 scalar, `[]`. */
  byte(value: number): Value {
    return this.#keep({
      name: `byte_${value}`,
      type: "uint8",
      dims: [],
      storage: { inline: Uint8Array.of(value) },
    });
  }

  /** A truth value, `[]`. */
  flag(value: boolean): Value {
    return this.#keep({
      name: `flag_${value}`,
      type: "bool",
      dims: [],
      storage: { inline: Uint8Array.of(value ? 1 : 0) },
    });
  }

  /** Truth values on the diagonal of a square with an axis of 1 between its two, `[size, 1, size]`. */
  diagonal(size: number): Value {
    return this.#keep({
      name: `diagonal_${size}`,
      type: "bool",
      dims: [size, 1, size],
      storage: {
        inline: Uint8Array.from({ length: size ** 2 }, (_, place) => (place % (size + 1) === 0 ? 1 : 0)),
      },
    });
  }

  /** A float tensor without elements, such as a cache that holds nothing yet. */
  empty(dims: readonly number[], type: FloatType): Value {
    return this.#keep({
      name: `empty_${type}_${dims.join("_")}`,
      type,
      dims,
      storage: { inline: new Uint8Array(0) },
    });
  }

  /** Zeros of float32, for a branch that has nothing to say. */
  zeros(dims: readonly number[]): Value {
    const size = dims.reduce((product, dim) => product * dim, 1);
    return this.#keep({
      name: `zeros_${dims.join("_")}`,
      type: "float32",
      dims,
      storage: { inline: new Uint8Array(size * 4) },
    });
  }

  initializers(): Initializer[] {
    return [...this.#byName.values()];
  }

  #keep(initializer: Initializer): Value {
    const name = `const/${initializer.name}`;
    if (!this.#byName.has(name)) this.#byName.set(name, { ...initializer, name });
    return name;
  }
}
