import type { ErrorCode } from "./error-code.ts";

export interface ErrorDetails {
  /** What the code needed, as a noun phrase: "retention in (0, 1]". */
  expected: string;
  /** What it met instead: "1.5". */
  found: string;
  /** What the user can do about it, as an imperative: "pass --retention 0.25". */
  fix: string;
  cause?: unknown;
}

/** An error as plain data, for `postMessage`, `structuredClone`, JSON: `VlaPrunerError.from` makes it an error again. */
export interface SerializedError {
  readonly name: "VlaPrunerError";
  readonly code: ErrorCode;
  readonly expected: string;
  readonly found: string;
  readonly fix: string;
  /** Another error of ours, or the message of a foreign one. */
  readonly cause?: SerializedError | string;
}

const MARKER = Symbol.for("vla-pruner.error");

/**
 * The one error class of all packages. The message reads "expected …, found …; do …" on a single line.
 *
 * `VlaPrunerError.is` recognises errors of another copy of this package too, where `instanceof` fails.
 */
export class VlaPrunerError extends Error {
  override readonly name = "VlaPrunerError";
  readonly code: ErrorCode;
  readonly expected: string;
  readonly found: string;
  readonly fix: string;

  constructor(code: ErrorCode, details: ErrorDetails) {
    const message = `expected ${details.expected}, found ${details.found}; ${details.fix}`;
    super(
      message.replaceAll(/\s*\n\s*/g, " "),
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = code;
    this.expected = details.expected;
    this.found = details.found;
    this.fix = details.fix;
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** Whether `value` is an error of VLA-Pruner, and of this `code` when one is given. */
  static is(value: unknown, code?: ErrorCode): value is VlaPrunerError {
    if (!(value instanceof Error && MARKER in value)) return false;
    return code === undefined || (value as unknown as VlaPrunerError).code === code;
  }

  /** Plain data that survives `structuredClone` and JSON, where an error loses its class and its code. */
  toJSON(): SerializedError {
    const { name, code, expected, found, fix, cause } = this;
    return { name, code, expected, found, fix, ...(cause !== undefined && { cause: plainCause(cause) }) };
  }

  /** The error behind what `toJSON` gave, on this side of a worker or a socket; `null` for anything else. */
  static from(value: unknown): VlaPrunerError | null {
    if (VlaPrunerError.is(value)) return value;
    if (!isSerialized(value)) return null;
    const { code, expected, found, fix, cause } = value;
    const inner = typeof cause === "string" ? new Error(cause) : VlaPrunerError.from(cause);
    return new VlaPrunerError(code, { expected, found, fix, ...(inner !== null && { cause: inner }) });
  }
}

function plainCause(cause: unknown): SerializedError | string {
  if (VlaPrunerError.is(cause)) return cause.toJSON();
  return cause instanceof Error ? cause.message : String(cause);
}

function isSerialized(value: unknown): value is SerializedError {
  if (typeof value !== "object" || value === null) return false;
  const { name, code, expected, found, fix } = value as Readonly<Record<string, unknown>>;
  return name === "VlaPrunerError" && [code, expected, found, fix].every((part) => typeof part === "string");
}
