import type { GraphTensor } from "../graph-session.ts";
import type { DeviceMemory } from "./device-memory.ts";
import { bytesOf } from "./element-types.ts";
import type { TensorShape } from "./element-types.ts";
import type { Pointer } from "./ort-functions.ts";

/** A tensor in a device's memory, until it is disposed. */
export class DeviceTensor implements GraphTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly memory: Pointer;
  #free: (() => void) | null;

  constructor({ type, dims }: TensorShape, memory: Pointer, free: () => void) {
    this.type = type;
    this.dims = dims;
    this.memory = memory;
    this.#free = free;
  }

  get data(): never {
    throw new TypeError("the tensor is in the device's memory");
  }

  /** Whether its memory is still its own. */
  get live(): boolean {
    return this.#free !== null;
  }

  dispose(): void {
    this.#free?.();
    this.#free = null;
  }
}

/** Buffers of a device for tensors that outlive a run; what is disposed serves the next of its size. */
export class DeviceTensors {
  readonly #memory: DeviceMemory;
  readonly #free = new Map<number, Pointer[]>();
  readonly #all = new Set<Pointer>();

  constructor(memory: DeviceMemory) {
    this.#memory = memory;
  }

  /** A tensor of its own with what stands at `from`. */
  copyOf(shape: TensorShape, from: Pointer): DeviceTensor {
    const bytes = bytesOf(shape);
    const free = this.#free.get(bytes) ?? [];
    this.#free.set(bytes, free);
    const memory = free.pop() ?? this.#allocate(bytes);
    if (bytes > 0) this.#memory.copy(memory, from, bytes);
    return new DeviceTensor(shape, memory, () => free.push(memory));
  }

  #allocate(bytes: number): Pointer {
    const memory = this.#memory.allocate(Math.max(bytes, 1));
    this.#all.add(memory);
    return memory;
  }

  release(): void {
    for (const memory of this.#all) this.#memory.free(memory);
    this.#all.clear();
    this.#free.clear();
  }
}
