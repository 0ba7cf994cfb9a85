import { VlaPrunerError } from "@vla-pruner/format";
import type { Spread, TensorInfo, TensorSource } from "../weights/tensor-source.ts";
import type { SyntheticTensor } from "./synthetic-source.ts";

/** A checkpoint that has every tensor that it is asked for, in the shape that is asked for; it has no values. */
class RecordingSource implements TensorSource {
  readonly #tensors = new Map<string, SyntheticTensor>();

  get names(): readonly string[] {
    return [...this.#tensors.keys()];
  }

  get tensors(): ReadonlyMap<string, SyntheticTensor> {
    return this.#tensors;
  }

  /** Notes a tensor down. Asked for twice, it stays as it was first. */
  expect(name: string, dims: readonly number[], spread: Spread = {}): void {
    if (!this.#tensors.has(name)) this.#tensors.set(name, { dims, ...spread });
  }

  info(name: string): TensorInfo | undefined {
    const tensor = this.#tensors.get(name);
    return tensor && { dtype: "F32", dims: tensor.dims };
  }

  async read(name: string): Promise<Float32Array> {
    throw new VlaPrunerError("internal", {
      expected: "graphs that are built, not written",
      found: `a read of ${name}`,
      fix: "write them from a SyntheticSource with the recorded tensors",
    });
  }

  async close(): Promise<void> {}
}

/**
 * All tensors that graphs read, with shapes and spreads, for synthetic checkpoints: the blocks that ask for
 * them say what they are. `build` makes the graphs from sizes that come from the config alone.
 */
export function recordTensors(
  build: (checkpoint: TensorSource) => unknown,
): ReadonlyMap<string, SyntheticTensor> {
  const source = new RecordingSource();
  build(source);
  return source.tensors;
}
