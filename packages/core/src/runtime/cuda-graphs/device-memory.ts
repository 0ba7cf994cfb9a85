import type { Pointer } from "./ort-functions.ts";

/** Memory of the host that a device reads and writes by itself. */
export interface HostBuffer {
  readonly pointer: Pointer;
  readonly bytes: Uint8Array;
}

/**
 * Memory of a device, and the one queue in which copies and graphs stand: whatever is asked for begins when all before it is
 * done, and nothing waits for the device but `finished`.
 */
export interface DeviceMemory {
  /** ONNX Runtime's name for it. */
  readonly place: "Cuda" | "Cpu";
  /** The queue, for a provider that is to use the same; `null` where there is none. */
  readonly stream: Pointer | null;
  allocate(bytes: number): Pointer;
  free(memory: Pointer): void;
  allocateHost(bytes: number): HostBuffer;
  freeHost(buffer: HostBuffer): void;
  /** Host to device. */
  upload(to: Pointer, from: Pointer, bytes: number): void;
  /** Device to host. */
  download(to: Pointer, from: Pointer, bytes: number): void;
  /** Device to device. */
  copy(to: Pointer, from: Pointer, bytes: number): void;
  /** Resolves when all is done; other events are served meanwhile. */
  finished(): Promise<void>;
}
