import type { GraphTensor } from "../graph-session.ts";
import type { DeviceMemory, HostBuffer } from "./device-memory.ts";
import { DeviceTensor } from "./device-tensors.ts";
import { bytesOf } from "./element-types.ts";
import type { TensorShape } from "./element-types.ts";
import type { NativeSession } from "./native-session.ts";
import type { Pointer } from "./ort-functions.ts";
import { layOut } from "./packed-buffers.ts";

export type Feeds = Readonly<Record<string, GraphTensor>>;

/** Buffers of fixed addresses for the inputs of one shape. What comes from the host crosses in one copy. */
export class FedInputs {
  readonly #session: NativeSession;
  readonly #memory: DeviceMemory;
  readonly #inputs: readonly { name: string; shape: TensorShape; memory: Pointer }[];
  /** Inputs that come from the host, their places in the packed buffers, whether the graph reads them there or on the device. */
  readonly #packed: ReadonlyMap<string, number>;
  readonly #host: HostBuffer;
  readonly #device: Pointer;
  readonly #own = new Map<string, Pointer>();

  constructor(session: NativeSession, memory: DeviceMemory, feeds: Feeds) {
    this.#session = session;
    this.#memory = memory;
    const names = session.inputNames.filter((name) => !(feeds[name] instanceof DeviceTensor));
    const layout = layOut(names.map((name) => bytesOf(tensorOf(feeds, name))));
    this.#packed = new Map(names.map((name, index) => [name, layout.places[index] ?? 0]));
    this.#host = memory.allocateHost(layout.bytes);
    this.#device = memory.allocate(layout.bytes);
    this.#inputs = session.inputNames.map((name) => {
      const { type, dims } = tensorOf(feeds, name);
      return { name, shape: { type, dims }, memory: this.#placeOf(name, tensorOf(feeds, name)) };
    });
  }

  bind(binding: Pointer): void {
    for (const { name, shape, memory } of this.#inputs) this.#session.bindInput(binding, name, shape, memory);
  }

  /** Asks for the copies. Nothing may be under way that reads the packed buffer. @throws TypeError */
  write(feeds: Feeds): void {
    for (const [name, place] of this.#packed)
      this.#host.bytes.set(bytesOfData(name, tensorOf(feeds, name)), place);
    this.#memory.upload(this.#device, this.#host.pointer, this.#host.bytes.length);
    for (const [name, memory] of this.#own) {
      const tensor = tensorOf(feeds, name) as DeviceTensor;
      if (!tensor.live) throw new TypeError(`${name}: a tensor that was disposed`);
      this.#memory.copy(memory, tensor.memory, bytesOf(tensor));
    }
  }

  release(): void {
    this.#memory.freeHost(this.#host);
    for (const memory of [this.#device, ...this.#own.values()]) this.#memory.free(memory);
  }

  #placeOf(name: string, tensor: GraphTensor): Pointer {
    const place = this.#packed.get(name);
    const begin = this.#session.hostInputs.has(name) ? this.#host.pointer : this.#device;
    if (place !== undefined) return begin + BigInt(place);
    const own = this.#memory.allocate(Math.max(bytesOf(tensor), 1));
    this.#own.set(name, own);
    return own;
  }
}

/** What tells one shape from another: types, dimensions, and the values of what the graph reads on the host. */
export function shapeKey(session: NativeSession, feeds: Feeds): string {
  return session.inputNames
    .map((name) => {
      const tensor = tensorOf(feeds, name);
      const where = tensor instanceof DeviceTensor ? "device" : "host";
      const values = session.hostInputs.has(name) ? String(tensor.data) : "";
      return `${tensor.type}[${tensor.dims.join()}]${where}${values}`;
    })
    .join(";");
}

function tensorOf(feeds: Feeds, name: string): GraphTensor {
  const tensor = feeds[name];
  if (tensor === undefined) throw new TypeError(`${name}: no such input`);
  return tensor;
}

function bytesOfData(name: string, tensor: GraphTensor): Uint8Array {
  const { data } = tensor;
  if (!ArrayBuffer.isView(data) || data.byteLength !== bytesOf(tensor))
    throw new TypeError(`${name}: no numbers, or not as many as ${tensor.dims.join(" × ")}`);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
