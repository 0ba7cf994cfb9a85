import { VlaPrunerError } from "@vla-pruner/format";
import koffi from "koffi";

/** A function of a library. */
export type NativeFunction = (...given: unknown[]) => unknown;

/** An address, or a handle of ONNX Runtime's. */
export type Pointer = bigint;

/**
 * Functions of ONNX Runtime's C interface by their place in its table, `OrtApi` of `onnxruntime_c_api.h`, with what they take
 * and, where that is no status, what they give. Places never change: the table only grows.
 */
const FUNCTIONS = {
  GetErrorMessage: [2, "void *", "const char *"],
  CreateEnv: [3, "int, const char *, _Out_ void **"],
  CreateSession: [7, "void *, const char *, void *, _Out_ void **"],
  CreateSessionFromArray: [8, "void *, void *, size_t, void *, _Out_ void **"],
  CreateSessionOptions: [10, "_Out_ void **"],
  SetSessionLogSeverityLevel: [22, "void *, int"],
  SetIntraOpNumThreads: [24, "void *, int"],
  SessionGetInputCount: [30, "void *, _Out_ size_t *"],
  SessionGetOutputCount: [31, "void *, _Out_ size_t *"],
  SessionGetInputName: [36, "void *, size_t, void *, _Out_ void **"],
  SessionGetOutputName: [37, "void *, size_t, void *, _Out_ void **"],
  CreateRunOptions: [39, "_Out_ void **"],
  CreateTensorWithDataAsOrtValue: [49, "void *, void *, size_t, int64_t *, size_t, int, _Out_ void **"],
  GetTensorMutableData: [51, "void *, _Out_ void **"],
  GetTensorElementType: [60, "void *, _Out_ int *"],
  GetDimensionsCount: [61, "void *, _Out_ size_t *"],
  GetDimensions: [62, "void *, _Out_ int64_t *, size_t"],
  GetTensorTypeAndShape: [65, "void *, _Out_ void **"],
  CreateMemoryInfo: [68, "const char *, int, int, int, _Out_ void **"],
  AllocatorFree: [76, "void *, void *"],
  GetAllocatorWithDefaultOptions: [78, "_Out_ void **"],
  ReleaseStatus: [93, "void *", "void"],
  ReleaseMemoryInfo: [94, "void *", "void"],
  ReleaseSession: [95, "void *", "void"],
  ReleaseValue: [96, "void *", "void"],
  ReleaseRunOptions: [97, "void *", "void"],
  ReleaseTensorTypeAndShapeInfo: [99, "void *", "void"],
  ReleaseSessionOptions: [100, "void *", "void"],
  AddSessionConfigEntry: [130, "void *, const char *, const char *"],
  RunWithBinding: [133, "void *, void *, void *"],
  CreateIoBinding: [134, "void *, _Out_ void **"],
  ReleaseIoBinding: [135, "void *", "void"],
  BindInput: [136, "void *, const char *, void *"],
  BindOutput: [137, "void *, const char *, void *"],
  BindOutputToDevice: [138, "void *, const char *, void *"],
  GetBoundOutputValues: [140, "void *, void *, _Out_ void **, _Out_ size_t *"],
  AddRunConfigEntry: [165, "void *, const char *, const char *"],
  AppendCuda: [204, "void *, void *"],
  CreateCUDAProviderOptions: [205, "_Out_ void **"],
  UpdateCUDAProviderOptions: [206, "void *, const char **, const char **, size_t"],
  ReleaseCUDAProviderOptions: [208, "void *", "void"],
  MemoryInfoGetDeviceType: [225, "void *, _Out_ int *", "void"],
  UpdateCUDAProviderOptionsWithValue: [263, "void *, const char *, void *"],
  SessionGetMemoryInfoForInputs: [380, "void *, _Out_ void **, size_t"],
} as const;

type Name = keyof typeof FUNCTIONS;

/** The first version of the table that has all of these. */
const API_VERSION = 23;

/** ONNX Runtime's C interface: what its Node package does not hand on. */
export class OrtFunctions {
  readonly #functions: ReadonlyMap<Name, NativeFunction>;
  readonly allocator: Pointer;

  /** @param library path of the library that `onnxruntime-node` uses, so that there is one runtime a process */
  constructor(library: string) {
    const base = koffi.load(library).func("void *OrtGetApiBase()")() as Pointer;
    const [getApi] = koffi.decode(base, "void *", 1) as [Pointer];
    const api = (koffi.decode(getApi, GET_API) as NativeFunction)(API_VERSION) as Pointer | null;
    if (api === null) throw tooOld(library);
    this.#functions = new Map(
      Object.entries(PROTOTYPES).map(([name, { place, prototype }]) => {
        const [address] = koffi.decode(api, place * POINTER, "void *", 1) as [Pointer];
        return [name as Name, koffi.decode(address, prototype) as NativeFunction];
      }),
    );
    this.allocator = this.make("GetAllocatorWithDefaultOptions");
  }

  /** Calls one of them. @throws Error with what ONNX Runtime says */
  call(name: Name, ...given: unknown[]): void {
    this.#check(this.#functions.get(name)?.(...given) as Pointer | null | undefined);
  }

  /** Calls one that gives something: its last argument, which is left out here. @throws as `call` */
  make(name: Name, ...given: unknown[]): Pointer {
    const made: [Pointer | null] = [null];
    this.call(name, ...given, made);
    return made[0] ?? 0n;
  }

  /** As `make`, of a number. @throws as `call` */
  count(name: Name, ...given: unknown[]): number {
    const made: [number | bigint] = [0];
    this.call(name, ...given, made);
    return Number(made[0]);
  }

  #check(status: Pointer | null | undefined): void {
    if (status === null || status === undefined) return;
    const words = this.#functions.get("GetErrorMessage")?.(status) as string;
    this.#functions.get("ReleaseStatus")?.(status);
    throw new Error(words);
  }
}

const POINTER = koffi.sizeof("void *");
/** Without a name, which koffi keeps for the process: there may be two of this module. */
const GET_API = koffi.proto("void *", ["uint32_t"]);

const PROTOTYPES = Object.fromEntries(
  Object.entries(FUNCTIONS).map(([name, [place, taken, given = "void *"]]) => [
    name,
    { place, prototype: koffi.proto(given, taken.split(", ")) },
  ]),
);

function tooOld(library: string): VlaPrunerError {
  return new VlaPrunerError("device-unavailable", {
    expected: `an ONNX Runtime with version ${API_VERSION} of the C interface, or later`,
    found: library,
    fix: "install the onnxruntime-node that this package asks for",
  });
}
