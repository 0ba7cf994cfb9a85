import { setImmediate } from "node:timers/promises";
import koffi from "koffi";
import type { LibraryHandle } from "koffi";
import type { DeviceMemory, HostBuffer } from "./device-memory.ts";
import type { NativeFunction, Pointer } from "./ort-functions.ts";

const NOT_READY = 600;
const NON_BLOCKING = 1;

/** Memory of the first GPU, through the driver: ONNX Runtime's context, a stream of its own. */
export class CudaMemory implements DeviceMemory {
  readonly place = "Cuda";
  readonly stream: Pointer;
  readonly #driver: Driver;

  /** For the thread that runs the graphs. @throws Error where there is no driver, or no GPU */
  constructor() {
    this.#driver = new Driver();
    this.#driver.call("cuInit", 0);
    this.#driver.call("cuCtxSetCurrent", this.#driver.make("cuDevicePrimaryCtxRetain", 0));
    this.stream = this.#driver.make("cuStreamCreate", NON_BLOCKING);
  }

  allocate(bytes: number): Pointer {
    return this.#driver.make("cuMemAlloc_v2", bytes);
  }

  free(memory: Pointer): void {
    this.#driver.call("cuMemFree_v2", memory);
  }

  allocateHost(bytes: number): HostBuffer {
    const pointer = this.#driver.make("cuMemHostAlloc", bytes, 0);
    return { pointer, bytes: new Uint8Array(koffi.view(pointer, bytes)) };
  }

  freeHost({ pointer }: HostBuffer): void {
    this.#driver.call("cuMemFreeHost", pointer);
  }

  upload(to: Pointer, from: Pointer, bytes: number): void {
    this.#driver.call("cuMemcpyHtoDAsync_v2", to, from, bytes, this.stream);
  }

  download(to: Pointer, from: Pointer, bytes: number): void {
    this.#driver.call("cuMemcpyDtoHAsync_v2", to, from, bytes, this.stream);
  }

  copy(to: Pointer, from: Pointer, bytes: number): void {
    this.#driver.call("cuMemcpyDtoDAsync_v2", to, from, bytes, this.stream);
  }

  async finished(): Promise<void> {
    while (!this.#driver.done(this.stream)) await setImmediate();
  }
}

const FUNCTIONS = {
  cuInit: "int cuInit(unsigned int flags)",
  cuDevicePrimaryCtxRetain: "int cuDevicePrimaryCtxRetain(_Out_ void **made, int device)",
  cuCtxSetCurrent: "int cuCtxSetCurrent(void *context)",
  cuStreamCreate: "int cuStreamCreate(_Out_ void **made, unsigned int flags)",
  cuStreamQuery: "int cuStreamQuery(void *stream)",
  cuMemAlloc_v2: "int cuMemAlloc_v2(_Out_ void **made, size_t bytes)",
  cuMemFree_v2: "int cuMemFree_v2(void *memory)",
  cuMemHostAlloc: "int cuMemHostAlloc(_Out_ void **made, size_t bytes, unsigned int flags)",
  cuMemFreeHost: "int cuMemFreeHost(void *memory)",
  cuMemcpyHtoDAsync_v2: "int cuMemcpyHtoDAsync_v2(void *to, void *from, size_t bytes, void *stream)",
  cuMemcpyDtoHAsync_v2: "int cuMemcpyDtoHAsync_v2(void *to, void *from, size_t bytes, void *stream)",
  cuMemcpyDtoDAsync_v2: "int cuMemcpyDtoDAsync_v2(void *to, void *from, size_t bytes, void *stream)",
  cuGetErrorString: "int cuGetErrorString(int code, _Out_ const char **words)",
} as const;

type Name = keyof typeof FUNCTIONS;

class Driver {
  readonly #functions: ReadonlyMap<Name, NativeFunction>;

  constructor() {
    const library = loadDriver();
    this.#functions = new Map(
      Object.entries(FUNCTIONS).map(([name, declared]) => [name as Name, library.func(declared)]),
    );
  }

  call(name: Name, ...given: unknown[]): void {
    this.#check(name, this.#functions.get(name)?.(...given) as number);
  }

  /** Calls one that gives something: its first argument, which is left out here. */
  make(name: Name, ...given: unknown[]): Pointer {
    const made: [Pointer | null] = [null];
    this.call(name, made, ...given);
    return made[0] ?? 0n;
  }

  done(stream: Pointer): boolean {
    const code = this.#functions.get("cuStreamQuery")?.(stream) as number;
    if (code === NOT_READY) return false;
    this.#check("cuStreamQuery", code);
    return true;
  }

  #check(name: Name, code: number): void {
    if (code === 0) return;
    const words: [string | null] = [null];
    this.#functions.get("cuGetErrorString")?.(code, words);
    throw new Error(`${name}: CUDA error ${code}, ${words[0] ?? "unknown"}`);
  }
}

function loadDriver(): LibraryHandle {
  try {
    return koffi.load("libcuda.so.1");
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`libcuda.so.1, which the driver brings: ${words}`, { cause });
  }
}
