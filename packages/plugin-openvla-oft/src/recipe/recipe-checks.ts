import { VlaPrunerError } from "@vla-pruner/errors";
import type { CheckpointConfig } from "@vla-pruner/onnx/convert";
import { invalid } from "@vla-pruner/prismatic/convert";

export function invalidOption(expected: string, found: string, fix: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", { expected, found, fix });
}

/** A component whose file is not beside the weights. */
export function missingComponent(component: string, fix: string): VlaPrunerError {
  return new VlaPrunerError("checkpoint-missing", {
    expected: `a file ${component}--*.pt (or .safetensors) beside the weights`,
    found: "none",
    fix,
  });
}

/** A whole number above 0 in config.json, if the key is there. */
export function wholeNumber(config: CheckpointConfig, key: string): number | undefined {
  const value = config[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
  throw invalid(`${key}: a whole number above 0`, JSON.stringify(value));
}
