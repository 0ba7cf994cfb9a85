import { VlaPrunerError } from "@vla-pruner/errors";
import type { TensorSource } from "@vla-pruner/onnx/convert";

/** Blocks that the checkpoint has tensors of; their numbers come right after the prefix. */
export function depthOf(checkpoint: TensorSource, prefix: string): number {
  const own = checkpoint.names.filter((name) => name.startsWith(prefix));
  return Math.max(0, ...own.map((name) => 1 + Number.parseInt(name.slice(prefix.length), 10)));
}

export function missing(name: string): VlaPrunerError {
  return new VlaPrunerError("tensor-missing", {
    expected: `tensor ${name} in the checkpoint`,
    found: "no tensor of that name",
    fix: "check that all shards are there and that this is an OpenVLA checkpoint",
  });
}

export function invalid(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("config-invalid", {
    expected,
    found,
    fix: "correct config.json; it does not describe an OpenVLA that can be converted",
  });
}
