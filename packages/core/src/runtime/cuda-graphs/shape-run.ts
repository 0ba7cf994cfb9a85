import type { GraphTensor } from "../graph-session.ts";
import { assertSame } from "./assert-same.ts";
import type { DeviceMemory } from "./device-memory.ts";
import type { DeviceTensors } from "./device-tensors.ts";
import { bytesOf } from "./element-types.ts";
import { FedInputs } from "./fed-inputs.ts";
import type { Feeds } from "./fed-inputs.ts";
import type { NativeSession, NativeValue } from "./native-session.ts";
import type { Pointer } from "./ort-functions.ts";
import { layOut } from "./packed-buffers.ts";
import type { Placed, ReadBack } from "./read-back.ts";

/** What the runs of all shapes share. */
export interface RunParts {
  readonly session: NativeSession;
  readonly memory: DeviceMemory;
  readonly tensors: DeviceTensors;
  readonly readBack: ReadBack;
  /** Outputs that stay on the device. */
  readonly stays: ReadonlySet<string>;
}

type Outputs = Record<string, GraphTensor>;

/** A CUDA graph: its number, and outputs at fixed addresses, those for the host together. */
interface Captured {
  readonly graph: number;
  readonly binding: Pointer;
  readonly region: Pointer;
  readonly outputs: ReadonlyMap<string, Placed>;
}

/** Runs of one shape of inputs: kernel by kernel, or as one CUDA graph. */
export class ShapeRun {
  readonly #parts: RunParts;
  readonly #binding: Pointer;
  readonly #inputs: FedInputs;
  #captured: Captured | null = null;
  /** Runs that are still compared with what the kernels give one by one. */
  #unchecked = 2;

  constructor(parts: RunParts, feeds: Feeds) {
    this.#parts = parts;
    this.#binding = parts.session.makeBinding();
    this.#inputs = new FedInputs(parts.session, parts.memory, feeds);
    this.#inputs.bind(this.#binding);
  }

  /** Kernel by kernel. */
  async plain(feeds: Feeds): Promise<Outputs> {
    this.#inputs.write(feeds);
    return this.#runPlain();
  }

  /**
   * As a CUDA graph: in its first two runs, and whenever `distrust` was called, compared with what the kernels give.
   *
   * @param graph its number, where it is not captured yet
   * @throws `session-failed` where the graph gives something else
   */
  async asGraph(feeds: Feeds, graph: () => number): Promise<Outputs> {
    this.#inputs.write(feeds);
    this.#captured ??= await this.#place(graph());
    this.#parts.session.run(this.#captured.binding, this.#captured.graph);
    const outputs = await this.#take(this.#captured.outputs, true);
    if (this.#unchecked === 0) return outputs;
    try {
      await assertSame(outputs, await this.#runPlain(), this.#parts.readBack);
    } catch (error) {
      for (const output of Object.values(outputs)) output.dispose();
      throw error;
    }
    this.#unchecked -= 1;
    return outputs;
  }

  get isCaptured(): boolean {
    return this.#captured !== null;
  }

  /** Has the next run compared. */
  distrust(): void {
    this.#unchecked = Math.max(this.#unchecked, 1);
  }

  release(): void {
    const { session, memory } = this.#parts;
    session.releaseBinding(this.#binding);
    this.#inputs.release();
    if (this.#captured === null) return;
    session.releaseBinding(this.#captured.binding);
    memory.free(this.#captured.region);
  }

  async #runPlain(): Promise<Outputs> {
    return this.#withPlain((values) => this.#take(values, false));
  }

  /** Runs kernel by kernel, and lends what it gives. */
  async #withPlain<Result>(
    use: (values: ReadonlyMap<string, NativeValue>) => Result,
  ): Promise<Awaited<Result>> {
    const { session } = this.#parts;
    session.bindNoOutput(this.#binding);
    session.run(this.#binding);
    const values = session.boundOutputs(this.#binding);
    try {
      return await use(new Map(values.map((value, index) => [session.outputNames[index] ?? "", value])));
    } finally {
      for (const value of values) session.releaseValue(value);
    }
  }

  /** Outputs at fixed addresses, as large as a run gives them: which waits for nothing but the shapes. */
  async #place(graph: number): Promise<Captured> {
    const { session, memory } = this.#parts;
    const shapes = await this.#withPlain((values) =>
      [...values].map(([name, { type, dims }]) => ({ name, type, dims })),
    );
    const ordered = shapes.toSorted(
      (one, other) => Number(this.#stays(one.name)) - Number(this.#stays(other.name)),
    );
    const layout = layOut(ordered.map(bytesOf));
    const region = memory.allocate(layout.bytes);
    const binding = session.makeBinding();
    this.#inputs.bind(binding);
    const outputs = new Map<string, Placed>();
    for (const [index, { name, type, dims }] of ordered.entries()) {
      const placed = { type, dims, memory: region + BigInt(layout.places[index] ?? 0) };
      session.bindOutput(binding, name, placed, placed.memory);
      outputs.set(name, placed);
    }
    return { graph, binding, region, outputs };
  }

  #stays(name: string): boolean {
    return this.#parts.stays.has(name);
  }

  /** What stays on the device is copied there, for the next run writes over it; the rest comes to the host. */
  async #take(placed: ReadonlyMap<string, Placed>, together: boolean): Promise<Outputs> {
    const { tensors, readBack } = this.#parts;
    const entries = [...placed];
    const outputs: Outputs = Object.fromEntries(
      entries
        .filter(([name]) => this.#stays(name))
        .map(([name, at]) => [name, tensors.copyOf(at, at.memory)]),
    );
    const read = entries.filter(([name]) => !this.#stays(name));
    const values = await readBack.read(
      read.map(([, at]) => at),
      together,
    );
    for (const [index, value] of values.entries()) outputs[read[index]?.[0] ?? ""] = value;
    return outputs;
  }
}
