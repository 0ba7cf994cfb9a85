import { VlaPrunerError } from "@vla-pruner/format";
import koffi from "koffi";

/** A function of a library. */
export type NativeFunction = (...given: unknown[]) => unknown;

/** An address, or a handle of ONNX Runtime's. */
export type Pointer = bigint;

/**
 * Functions of ONNX Runtime's C interface by their place in its table, `OrtApi` of `onnxruntime_c_api.h`. Places never
 * change: the table only grows.
 */
const FUNCTIONS = {
  GetErrorMessage: [2, "const char *GetErrorMessage(void *status)"],
  CreateEnv: [3, "void *CreateEnv(int level, const char *name, _Out_ void **made)"],
  CreateSession: [7, "void *CreateSession(void *env, const char *path, void *options, _Out_ void **made)"],
  CreateSessionFromArray: [
    8,
    "void *CreateSessionFromArray(void *env, void *bytes, size_t count, void *options, _Out_ void **made)",
  ],
  CreateSessionOptions: [10, "void *CreateSessionOptions(_Out_ void **made)"],
  SetSessionLogSeverityLevel: [22, "void *SetSessionLogSeverityLevel(void *options, int level)"],
  SetIntraOpNumThreads: [24, "void *SetIntraOpNumThreads(void *options, int threads)"],
  SessionGetInputCount: [30, "void *SessionGetInputCount(void *session, _Out_ size_t *count)"],
  SessionGetOutputCount: [31, "void *SessionGetOutputCount(void *session, _Out_ size_t *count)"],
  SessionGetInputName: [
    36,
    "void *SessionGetInputName(void *session, size_t index, void *allocator, _Out_ void **name)",
  ],
  SessionGetOutputName: [
    37,
    "void *SessionGetOutputName(void *session, size_t index, void *allocator, _Out_ void **name)",
  ],
  CreateRunOptions: [39, "void *CreateRunOptions(_Out_ void **made)"],
  CreateTensorWithDataAsOrtValue: [
    49,
    "void *CreateTensorWithDataAsOrtValue(void *memory, void *data, size_t bytes, int64_t *dims, size_t rank, int type, _Out_ void **made)",
  ],
  GetTensorMutableData: [51, "void *GetTensorMutableData(void *value, _Out_ void **data)"],
  GetTensorElementType: [60, "void *GetTensorElementType(void *info, _Out_ int *type)"],
  GetDimensionsCount: [61, "void *GetDimensionsCount(void *info, _Out_ size_t *count)"],
  GetDimensions: [62, "void *GetDimensions(void *info, _Out_ int64_t *dims, size_t count)"],
  GetTensorTypeAndShape: [65, "void *GetTensorTypeAndShape(void *value, _Out_ void **info)"],
  CreateMemoryInfo: [
    68,
    "void *CreateMemoryInfo(const char *name, int allocator, int device, int type, _Out_ void **made)",
  ],
  AllocatorFree: [76, "void *AllocatorFree(void *allocator, void *memory)"],
  GetAllocatorWithDefaultOptions: [78, "void *GetAllocatorWithDefaultOptions(_Out_ void **made)"],
  ReleaseStatus: [93, "void ReleaseStatus(void *status)"],
  ReleaseMemoryInfo: [94, "void ReleaseMemoryInfo(void *memory)"],
  ReleaseSession: [95, "void ReleaseSession(void *session)"],
  ReleaseValue: [96, "void ReleaseValue(void *value)"],
  ReleaseRunOptions: [97, "void ReleaseRunOptions(void *options)"],
  ReleaseTensorTypeAndShapeInfo: [99, "void ReleaseTensorTypeAndShapeInfo(void *info)"],
  ReleaseSessionOptions: [100, "void ReleaseSessionOptions(void *options)"],
  AddSessionConfigEntry: [
    130,
    "void *AddSessionConfigEntry(void *options, const char *key, const char *value)",
  ],
  RunWithBinding: [133, "void *RunWithBinding(void *session, void *options, void *binding)"],
  CreateIoBinding: [134, "void *CreateIoBinding(void *session, _Out_ void **made)"],
  ReleaseIoBinding: [135, "void ReleaseIoBinding(void *binding)"],
  BindInput: [136, "void *BindInput(void *binding, const char *name, void *value)"],
  BindOutput: [137, "void *BindOutput(void *binding, const char *name, void *value)"],
  BindOutputToDevice: [138, "void *BindOutputToDevice(void *binding, const char *name, void *memory)"],
  GetBoundOutputValues: [
    140,
    "void *GetBoundOutputValues(void *binding, void *allocator, _Out_ void **values, _Out_ size_t *count)",
  ],
  AddRunConfigEntry: [165, "void *AddRunConfigEntry(void *options, const char *key, const char *value)"],
  AppendCuda: [204, "void *AppendCuda(void *options, void *cuda)"],
  CreateCUDAProviderOptions: [205, "void *CreateCUDAProviderOptions(_Out_ void **made)"],
  UpdateCUDAProviderOptions: [
    206,
    "void *UpdateCUDAProviderOptions(void *cuda, const char **keys, const char **values, size_t count)",
  ],
  ReleaseCUDAProviderOptions: [208, "void ReleaseCUDAProviderOptions(void *cuda)"],
  MemoryInfoGetDeviceType: [225, "void MemoryInfoGetDeviceType(void *memory, _Out_ int *type)"],
  UpdateCUDAProviderOptionsWithValue: [
    263,
    "void *UpdateCUDAProviderOptionsWithValue(void *cuda, const char *key, void *value)",
  ],
  SessionGetMemoryInfoForInputs: [
    380,
    "void *SessionGetMemoryInfoForInputs(void *session, _Out_ void **memory, size_t count)",
  ],
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
const GET_API = koffi.proto("void *GetApi(uint32_t version)");

const PROTOTYPES = Object.fromEntries(
  Object.entries(FUNCTIONS).map(([name, [place, declared]]) => [
    name,
    { place, prototype: koffi.proto(declared) },
  ]),
);

function tooOld(library: string): VlaPrunerError {
  return new VlaPrunerError("device-unavailable", {
    expected: `an ONNX Runtime with version ${API_VERSION} of the C interface, or later`,
    found: library,
    fix: "install the onnxruntime-node that this package asks for",
  });
}
