import { VlaPrunerError } from "@vla-pruner/format";

/** What config.json says does not describe a model that can be converted. */
export function invalidConfig(expected: string, found: string): VlaPrunerError {
  return new VlaPrunerError("config-invalid", {
    expected,
    found,
    fix: "correct config.json; it does not describe a model that can be converted",
  });
}

/** The user asks for what cannot be converted. */
export function invalidOption(expected: string, found: unknown, fix: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", { expected, found: String(found), fix });
}

/** The checkpoint lacks a tensor that the sizes are read from. */
export function missingTensor(
  name: string,
  fix = "check that all shards are there and that config.json belongs to these weights",
): VlaPrunerError {
  return new VlaPrunerError("tensor-missing", {
    expected: `tensor ${name} in the checkpoint`,
    found: "no tensor of that name",
    fix,
  });
}
