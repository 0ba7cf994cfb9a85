import { VlaPrunerError } from "@vla-pruner/format";
import type { ErrorCode } from "@vla-pruner/format";

/** A path of this machine in words of an error: clients have no use for it. */
const PATHS = /(?:file:\/\/)?(?:\/[\w.@+-]+){2,}|[A-Za-z]:\\[\w.@\\+-]+/gu;

/** An error as a client may see it: ours without paths and causes, others by nothing that tells of this machine. */
export function clientError(error: unknown): VlaPrunerError {
  if (!VlaPrunerError.is(error))
    return new VlaPrunerError("internal", {
      expected: "no failure",
      found: "one of the server's",
      fix: "see its log",
    });
  const [expected, found, fix] = [error.expected, error.found, error.fix].map((words) =>
    words.replaceAll(PATHS, "(a path)"),
  ) as [string, string, string];
  return new VlaPrunerError(error.code, { expected, found, fix });
}

/** The same as one line. */
export function errorLine(error: unknown): string {
  const { code, message } = clientError(error);
  return `${code}: ${message}`;
}

export function codeOf(error: unknown): ErrorCode {
  return VlaPrunerError.is(error) ? error.code : "internal";
}

const CLIENTS: readonly ErrorCode[] = [
  "observation-invalid",
  "image-invalid",
  "unnorm-key",
  "state-invalid",
  "invalid-option",
  "tokenizer-missing",
];

/** Status of an HTTP reply that tells of an error. */
export function statusOf(error: unknown): number {
  const code = codeOf(error);
  if (CLIENTS.includes(code)) return 400;
  if (code === "server-busy" || code === "session-failed" || code === "disposed") return 503;
  return code === "cancelled" ? 499 : 500;
}
