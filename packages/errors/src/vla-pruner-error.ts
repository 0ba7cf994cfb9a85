/** Everything that can go wrong by a user's hand, one code each. Stable: scripts may test for them. */
export type ErrorCode =
  | "action-invalid"
  | "adapter-mismatch"
  | "cancelled"
  | "checkpoint-invalid"
  | "checkpoint-missing"
  | "checkpoint-truncated"
  | "config-invalid"
  | "disposed"
  | "episode-file-invalid"
  | "graph-invalid"
  | "image-invalid"
  | "internal"
  | "interrupted"
  | "invalid-attention"
  | "invalid-option"
  | "middleware-misuse"
  | "model-invalid"
  | "model-missing"
  | "observation-invalid"
  | "output-exists"
  | "output-unwritable"
  | "render-invalid"
  | "session-failed"
  | "state-invalid"
  | "task-invalid"
  | "tensor-missing"
  | "tensor-shape"
  | "tokenizer-missing"
  | "unknown-architecture"
  | "unnorm-key"
  | "usage";

export interface ErrorDetails {
  /** What the code needed, as a noun phrase: "retention in (0, 1]". */
  expected: string;
  /** What it met instead: "1.5". */
  found: string;
  /** What the user can do about it, as an imperative: "pass --retention 0.25". */
  fix: string;
  cause?: unknown;
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
}
