import { VlaPrunerError } from "@vla-pruner/format";
import type { Spread, TensorSource } from "../weights/tensor-source.ts";

/** @throws `tensor-missing`, `tensor-shape` where a checkpoint has no such tensor */
export function expectTensor(
  checkpoint: TensorSource,
  name: string,
  dims: readonly number[],
  spread: Spread,
): void {
  checkpoint.expect?.(name, dims, spread);
  const info = checkpoint.info(name);
  if (info === undefined) {
    throw new VlaPrunerError("tensor-missing", {
      expected: `tensor ${name} ${JSON.stringify(dims)} in the checkpoint`,
      found: "no tensor of that name",
      fix: "check that all shards are there and that config.json belongs to these weights",
    });
  }
  if (info.dims.length !== dims.length || info.dims.some((size, axis) => size !== dims[axis])) {
    throw new VlaPrunerError("tensor-shape", {
      expected: `tensor ${name} of shape ${JSON.stringify(dims)}`,
      found: JSON.stringify(info.dims),
      fix: "check that config.json belongs to these weights",
    });
  }
}
