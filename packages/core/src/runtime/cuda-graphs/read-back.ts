import type { GraphTensor } from "../graph-session.ts";
import type { DeviceMemory, HostBuffer } from "./device-memory.ts";
import { bytesOf, tensorOf } from "./element-types.ts";
import type { TensorShape } from "./element-types.ts";
import type { Pointer } from "./ort-functions.ts";
import { layOut } from "./packed-buffers.ts";

/** A tensor in a device's memory. */
export interface Placed extends TensorShape {
  readonly memory: Pointer;
}

/** Brings tensors to the host, through a buffer that the device writes by itself. */
export class ReadBack {
  readonly #memory: DeviceMemory;
  #host: HostBuffer | null = null;

  constructor(memory: DeviceMemory) {
    this.#memory = memory;
  }

  /** Waits for all that was asked for before. @param together whether they lie as `layOut` says, from the first on */
  async read(tensors: readonly Placed[], together = false): Promise<GraphTensor[]> {
    const layout = layOut(tensors.map(bytesOf));
    const { pointer, bytes } = this.#room(layout.bytes);
    const [first] = tensors;
    if (together && first !== undefined) this.#memory.download(pointer, first.memory, layout.bytes);
    for (const [index, tensor] of (together ? [] : tensors).entries()) {
      const size = bytesOf(tensor);
      if (size > 0) this.#memory.download(pointer + BigInt(layout.places[index] ?? 0), tensor.memory, size);
    }
    await this.#memory.finished();
    return tensors.map((tensor, index) => {
      const place = layout.places[index] ?? 0;
      return tensorOf(tensor, bytes.subarray(place, place + bytesOf(tensor)));
    });
  }

  release(): void {
    if (this.#host !== null) this.#memory.freeHost(this.#host);
    this.#host = null;
  }

  #room(bytes: number): HostBuffer {
    if (this.#host !== null && this.#host.bytes.length >= bytes) return this.#host;
    this.release();
    this.#host = this.#memory.allocateHost(bytes);
    return this.#host;
  }
}
