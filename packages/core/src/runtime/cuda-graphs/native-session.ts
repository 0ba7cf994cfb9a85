import koffi from "koffi";
import type { DeviceMemory } from "./device-memory.ts";
import { bytesOf, elementCode, nameOfCode } from "./element-types.ts";
import type { TensorShape } from "./element-types.ts";
import type { OrtFunctions, Pointer } from "./ort-functions.ts";
import type { Placed } from "./read-back.ts";

/** A tensor that ONNX Runtime holds. */
export interface NativeValue extends Placed {
  readonly value: Pointer;
}

/** What a session is opened with. */
export interface NativeOptions {
  /** Its path, or its bytes. */
  readonly graph: string | Uint8Array;
  readonly memory: DeviceMemory;
  /** Whether its runs become CUDA graphs. */
  readonly captures: boolean;
  readonly threads?: number | undefined;
}

const QUIET = 4;
const CPU = 0;
const NO_GRAPH = -1;

/** A session of the C interface; inputs and outputs are bound to memory before it runs. */
export class NativeSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Inputs that the graph reads on the host, though it runs on a device: whatever they say may shape what it does. */
  readonly hostInputs: ReadonlySet<string>;
  readonly #ort: OrtFunctions;
  readonly #session: Pointer;
  readonly #places: { readonly device: Pointer; readonly host: Pointer };
  readonly #runOptions = new Map<number, Pointer>();

  /** @throws Error with what ONNX Runtime says */
  constructor(ort: OrtFunctions, options: NativeOptions) {
    const { memory } = options;
    this.#ort = ort;
    this.#session = openSession(ort, options);
    this.inputNames = this.#names("Input");
    this.outputNames = this.#names("Output");
    const place = (name: string): Pointer => ort.make("CreateMemoryInfo", name, 0, 0, 0);
    this.#places = { device: place(memory.place), host: place("Cpu") };
    this.hostInputs = memory.place === "Cpu" ? new Set() : this.#onHost();
  }

  makeBinding(): Pointer {
    return this.#ort.make("CreateIoBinding", this.#session);
  }

  bindInput(binding: Pointer, name: string, shape: TensorShape, memory: Pointer): void {
    this.#bind("BindInput", binding, name, this.#value(shape, memory, this.hostInputs.has(name)));
  }

  bindOutput(binding: Pointer, name: string, shape: TensorShape, memory: Pointer): void {
    this.#bind("BindOutput", binding, name, this.#value(shape, memory, false));
  }

  /** Lets ONNX Runtime find room for all outputs on the device. */
  bindNoOutput(binding: Pointer): void {
    for (const name of this.outputNames)
      this.#ort.call("BindOutputToDevice", binding, name, this.#places.device);
  }

  /** Asks for a run; `graph` is the number of the CUDA graph that it becomes, or is. */
  run(binding: Pointer, graph: number = NO_GRAPH): void {
    this.#ort.call("RunWithBinding", this.#session, this.#optionsOf(graph), binding);
  }

  /** What a run gave, as `outputNames`; to be released. */
  boundOutputs(binding: Pointer): NativeValue[] {
    const values: [Pointer | null] = [null];
    const count: [number | bigint] = [0];
    this.#ort.call("GetBoundOutputValues", binding, this.#ort.allocator, values, count);
    const list = values[0] ?? 0n;
    const found = koffi.decode(list, "void *", Number(count[0])) as Pointer[];
    this.#ort.call("AllocatorFree", this.#ort.allocator, list);
    return found.map((value) => this.#read(value));
  }

  releaseValue({ value }: NativeValue): void {
    this.#ort.call("ReleaseValue", value);
  }

  releaseBinding(binding: Pointer): void {
    this.#ort.call("ReleaseIoBinding", binding);
  }

  release(): void {
    for (const options of this.#runOptions.values()) this.#ort.call("ReleaseRunOptions", options);
    for (const place of Object.values(this.#places)) this.#ort.call("ReleaseMemoryInfo", place);
    this.#ort.call("ReleaseSession", this.#session);
  }

  #bind(how: "BindInput" | "BindOutput", binding: Pointer, name: string, value: Pointer): void {
    try {
      this.#ort.call(how, binding, name, value);
    } finally {
      this.#ort.call("ReleaseValue", value); // The binding holds it, not the memory behind it.
    }
  }

  #value(shape: TensorShape, memory: Pointer, onHost: boolean): Pointer {
    const dims = BigInt64Array.from(shape.dims, BigInt);
    const place = onHost ? this.#places.host : this.#places.device;
    const code = elementCode(shape.type);
    const bytes = bytesOf(shape);
    return this.#ort.make("CreateTensorWithDataAsOrtValue", place, memory, bytes, dims, dims.length, code);
  }

  #read(value: Pointer): NativeValue {
    const ort = this.#ort;
    const info = ort.make("GetTensorTypeAndShape", value);
    const type = nameOfCode(ort.count("GetTensorElementType", info));
    const dims = new BigInt64Array(ort.count("GetDimensionsCount", info));
    ort.call("GetDimensions", info, dims, dims.length);
    ort.call("ReleaseTensorTypeAndShapeInfo", info);
    return { type, dims: Array.from(dims, Number), value, memory: ort.make("GetTensorMutableData", value) };
  }

  #optionsOf(graph: number): Pointer {
    const known = this.#runOptions.get(graph);
    if (known !== undefined) return known;
    const options = this.#ort.make("CreateRunOptions");
    this.#ort.call("AddRunConfigEntry", options, "gpu_graph_id", String(graph));
    // What is asked of the same stream afterwards waits for it anyway.
    this.#ort.call("AddRunConfigEntry", options, "disable_synchronize_execution_providers", "1");
    this.#runOptions.set(graph, options);
    return options;
  }

  #names(kind: "Input" | "Output"): string[] {
    const count = this.#ort.count(`SessionGet${kind}Count`, this.#session);
    return Array.from({ length: count }, (_, index) => {
      const name = this.#ort.make(`SessionGet${kind}Name`, this.#session, index, this.#ort.allocator);
      const read = koffi.decode(name, "char", -1) as string;
      this.#ort.call("AllocatorFree", this.#ort.allocator, name);
      return read;
    });
  }

  #onHost(): Set<string> {
    const places = Array.from({ length: this.inputNames.length }, (): Pointer | null => null);
    this.#ort.call("SessionGetMemoryInfoForInputs", this.#session, places, places.length);
    const onHost = places.map((place) => this.#ort.count("MemoryInfoGetDeviceType", place) === CPU);
    return new Set(this.inputNames.filter((_, index) => onHost[index]));
  }
}

function openSession(ort: OrtFunctions, { graph, memory, captures, threads }: NativeOptions): Pointer {
  const environment = ort.make("CreateEnv", QUIET, "vla-pruner"); // The one of the process, however often it is asked for.
  const options = ort.make("CreateSessionOptions");
  try {
    ort.call("SetSessionLogSeverityLevel", options, QUIET);
    ort.call("AddSessionConfigEntry", options, "session.force_spinning_stop", "1");
    if (memory.place === "Cuda") appendCuda(ort, options, memory.stream, captures);
    if (threads !== undefined) ort.call("SetIntraOpNumThreads", options, threads);
    return typeof graph === "string"
      ? ort.make("CreateSession", environment, graph, options)
      : ort.make("CreateSessionFromArray", environment, graph, graph.length, options);
  } finally {
    ort.call("ReleaseSessionOptions", options);
  }
}

function appendCuda(ort: OrtFunctions, options: Pointer, stream: Pointer | null, captures: boolean): void {
  const cuda = ort.make("CreateCUDAProviderOptions");
  try {
    ort.call("UpdateCUDAProviderOptions", cuda, ["enable_cuda_graph"], [captures ? "1" : "0"], 1);
    ort.call("UpdateCUDAProviderOptionsWithValue", cuda, "user_compute_stream", stream);
    ort.call("AppendCuda", options, cuda);
  } finally {
    ort.call("ReleaseCUDAProviderOptions", cuda);
  }
}
