import { VlaPrunerError } from "@vla-pruner/format";
import type { ErrorCode } from "@vla-pruner/format";

/** What a line of an episode file can be wrong about without the file being malformed. */
const FAULTS_OF_A_LINE: readonly ErrorCode[] = ["image-invalid", "observation-invalid", "tokenizer-missing"];

/** Runs a step of an episode file; errors that its line is to blame for say which line that is. */
export async function withPlace<Result>(place: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (cause) {
    if (!VlaPrunerError.is(cause) || !FAULTS_OF_A_LINE.includes(cause.code)) throw cause;
    const { code, expected, found, fix } = cause;
    throw new VlaPrunerError(code, { expected: `${place}: ${expected}`, found, fix, cause });
  }
}
