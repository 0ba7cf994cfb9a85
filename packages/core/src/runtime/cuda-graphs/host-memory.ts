import koffi from "koffi";
import type { DeviceMemory, HostBuffer } from "./device-memory.ts";
import type { Pointer } from "./ort-functions.ts";

/** The process' own memory in a device's place: what a graph on the processor reads and writes. */
export class HostMemory implements DeviceMemory {
  readonly place = "Cpu";
  readonly stream = null;
  /** By address, so that none is collected while it is in use. */
  readonly #buffers = new Map<Pointer, Uint8Array>();

  /** Buffers that were not given back. */
  get allocated(): number {
    return this.#buffers.size;
  }

  allocate(bytes: number): Pointer {
    return this.allocateHost(bytes).pointer;
  }

  free(memory: Pointer): void {
    if (!this.#buffers.delete(memory)) throw new TypeError("no such buffer");
  }

  allocateHost(bytes: number): HostBuffer {
    const buffer = new Uint8Array(bytes);
    const pointer = koffi.address(buffer);
    this.#buffers.set(pointer, buffer);
    return { pointer, bytes: buffer };
  }

  freeHost({ pointer }: HostBuffer): void {
    this.free(pointer);
  }

  upload(to: Pointer, from: Pointer, bytes: number): void {
    new Uint8Array(koffi.view(to, bytes)).set(new Uint8Array(koffi.view(from, bytes)));
  }

  download(to: Pointer, from: Pointer, bytes: number): void {
    this.upload(to, from, bytes);
  }

  copy(to: Pointer, from: Pointer, bytes: number): void {
    this.upload(to, from, bytes);
  }

  async finished(): Promise<void> {}
}
