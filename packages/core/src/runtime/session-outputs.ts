import { VlaPrunerError } from "@vla-pruner/format";
import type { GraphSession, GraphTensor } from "./graph-session.ts";

/** Tensors by their names in a graph. */
export type NamedTensors = Readonly<Record<string, GraphTensor>>;

/**
 * The session of that name.
 *
 * @throws `model-invalid`
 */
export function sessionOf(sessions: Readonly<Record<string, GraphSession>>, name: string): GraphSession {
  const session = sessions[name];
  if (session === undefined) throw unconverted(`a session ${name}`);
  return session;
}

/**
 * An output that a graph must have.
 *
 * @throws `model-invalid`
 */
export function requiredOutput(outputs: NamedTensors, name: string): GraphTensor {
  const tensor = outputs[name];
  if (tensor === undefined) throw unconverted(`an output ${name}`);
  return tensor;
}

function unconverted(expected: string): VlaPrunerError {
  const fix = "convert the checkpoint again with this version of vla-pruner";
  return new VlaPrunerError("model-invalid", { expected, found: "none", fix });
}
