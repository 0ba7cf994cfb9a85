/** A file of a zip archive. */
export interface ZipPart {
  readonly name: string;
  readonly data: Uint8Array;
  /** 0 stored, 8 deflated; the data is written as it is. */
  readonly method?: number;
}

/** The bytes of a zip archive, as far as a reader of stored files looks at them. */
export function zipBytes(parts: readonly ZipPart[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, method = 0 } of parts) {
    const shared = Buffer.alloc(22);
    shared.writeUInt16LE(method, 4);
    shared.writeUInt32LE(data.length, 14);
    shared.writeUInt32LE(data.length, 18);
    const names = Buffer.alloc(4);
    names.writeUInt16LE(name.length, 0);
    const body = Buffer.concat([signature("PK\u0003\u0004"), shared, names, Buffer.from(name), data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([
        signature("PK\u0001\u0002"),
        Buffer.alloc(2),
        shared,
        names,
        rest.subarray(0, 14),
        Buffer.from(name),
      ]),
    );
    bodies.push(body);
    offset += body.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, central, signature("PK\u0005\u0006"), end]);
}

/** What a pickled tensor says of itself; right for `[2, 3]` unless told otherwise. */
export interface PickledTensor {
  readonly name?: string;
  readonly storage?: string;
  readonly key?: string;
  readonly offset?: number;
  readonly dims?: readonly number[];
  readonly strides?: readonly number[];
}

/** Pickle protocol 2 of a state dict, as `torch.save` writes it. */
export function stateDict(...tensors: readonly PickledTensor[]): Buffer {
  const items = tensors.map(({ name = "w", ...tensor }) => text(name) + rebuilt(tensor)).join("");
  return Buffer.from(`\u0080\u0002${ORDERED_DICT}(${items}u.`, "latin1");
}

/** The bytes of a `.pt` file with this pickle and this data of storage 0. */
export function pytorchBytes(
  pickle: Uint8Array,
  data: Float32Array = Float32Array.of(1, 2, 3, 4, 5, 6),
): Buffer {
  return zipBytes([
    { name: "archive/data.pkl", data: pickle },
    { name: "archive/data/0", data: new Uint8Array(data.buffer) },
  ]);
}

const ORDERED_DICT = "ccollections\nOrderedDict\n)R";

function rebuilt({
  storage = "FloatStorage",
  key = "0",
  offset = 0,
  dims = [2, 3],
  strides = [3, 1],
}: PickledTensor): string {
  const id = `(${text("storage")}ctorch\n${storage}\n${text(key)}${text("cpu")}${int(6)}tQ`;
  return `ctorch._utils\n_rebuild_tensor_v2\n(${id}${int(offset)}(${dims.map(int).join("")}t(${strides.map(int).join("")}t\u0089${ORDERED_DICT}tR`;
}

/** BINUNICODE, of ASCII. */
export function text(value: string): string {
  return `X${String.fromCodePoint(value.length, 0, 0, 0)}${value}`;
}

/** BININT. */
function int(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return `J${bytes.toString("latin1")}`;
}

function signature(letters: string): Buffer {
  return Buffer.from(letters, "latin1");
}
