import { VlaPrunerError } from "@vla-pruner/format";

export function missing(name: string): VlaPrunerError {
  return new VlaPrunerError("tensor-missing", {
    expected: `tensor ${name} in the checkpoint`,
    found: "no tensor of that name",
    fix: "check that all shards are there and that this is a PyTorch checkpoint of π0 or π0.5 (openpi's converter, or lerobot)",
  });
}

export function invalid(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("config-invalid", {
    expected,
    found,
    fix: "correct config.json; it does not describe a π0 that can be converted",
  });
}
