import { VlaPrunerError } from "@vla-pruner/format";
import type { Failure } from "./messages.ts";

export function failureOf(error: unknown): Failure {
  if (VlaPrunerError.is(error)) return error.toJSON();
  const { name, message, stack = "" } = error instanceof Error ? error : new Error(String(error));
  return { name, message, stack };
}

/** The error behind it; a foreign one keeps its name, its words and where it came from. */
export function errorOf(failure: Failure): Error {
  const own = VlaPrunerError.from(failure);
  if (own !== null) return own;
  const { name, message, stack } = failure as Exclude<Failure, { code: string }>;
  return Object.assign(new Error(message), { name, stack });
}
