import { runInTurn } from "#run-in-turn";
import { VlaPrunerError } from "@vla-pruner/format";
import type { GraphSession, GraphTensor } from "./graph-session.ts";
import { WorkGate } from "../policy/work-gate.ts";

/** The part of an ONNX Runtime session that is used; transformers.js hands these out untyped. */
export interface RawSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, unknown>): Promise<Record<string, unknown>>;
  release?(): Promise<void>;
}

/** Gives an ONNX Runtime session a name and typed errors; it is not freed under a run that is under way. */
export function wrapSession(name: string, raw: RawSession): GraphSession {
  const gate = new WorkGate(`session ${name}`);
  return {
    name,
    inputNames: raw.inputNames,
    outputNames: raw.outputNames,
    run: (feeds) =>
      gate.run(async () => {
        checkFeeds(name, raw.inputNames, feeds);
        try {
          return (await runInTurn(() => raw.run({ ...feeds }))) as Record<string, GraphTensor>;
        } catch (cause) {
          if (VlaPrunerError.is(cause)) throw cause;
          throw new VlaPrunerError("session-failed", {
            expected: `session ${name} to run`,
            found: cause instanceof Error ? cause.message : String(cause),
            fix: "check that the observation fits the model; `vla-pruner inspect` shows what it wants",
            cause,
          });
        }
      }),
    async release() {
      await gate.close();
      await raw.release?.();
    },
  };
}

/** ONNX Runtime names the first input that is missing, and no remedy; what is fed beyond, it ignores. */
function checkFeeds(session: string, inputs: readonly string[], feeds: object): void {
  const missing = inputs.filter((input) => !Object.hasOwn(feeds, input));
  if (missing.length === 0) return;
  throw new VlaPrunerError("model-invalid", {
    expected: `session ${session} to have the inputs that its plugin gives`,
    found: `${missing.join(", ")} more: the graph is of another version than the plugin`,
    fix: "convert the checkpoint again with this version of vla-pruner",
  });
}
