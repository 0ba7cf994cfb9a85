import { Worker } from "node:worker_threads";
import { threadScript } from "./entry-script.ts";
import type { Link, LinkEnds } from "./link.ts";
import { busyFlags, haltAndWait } from "./busy-flags.ts";

/**
 * A worker thread. It must never be ended in the middle of a run: ONNX Runtime 1.30 then aborts the whole process. So
 * it is stopped when it is idle, and a process that ends waits for the run under way.
 */
export function threadLink({ heard, ended }: LinkEnds): Link {
  const flags = busyFlags();
  const worker = new Worker(threadScript(), { workerData: flags, name: "vla-pruner policy" });
  let failure: Error | undefined;
  const halt = (): void => haltAndWait(flags, () => worker.postMessage({ kind: "halt" }, []));
  atExit(halt);
  worker.on("message", heard);
  worker.on("error", (error) => {
    failure = error;
  });
  worker.on("exit", (code) => {
    halts.delete(halt);
    ended(failure === undefined ? `exit code ${code}` : failure.message);
  });
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    hold: (held) => (held ? worker.ref() : worker.unref()),
    async stop() {
      await worker.terminate();
    },
    kill: async () => false,
  };
}

const halts = new Set<() => void>();

/** One listener for all threads. */
function atExit(halt: () => void): void {
  if (halts.size === 0) process.off("exit", haltAll).on("exit", haltAll);
  halts.add(halt);
}

function haltAll(): void {
  for (const halt of halts) halt();
}
