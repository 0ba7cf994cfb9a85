import type { FromWorker, ToWorker } from "../messages.ts";

/** What a worker sees of the other side. */
export interface WorkerPort {
  post(message: FromWorker): void;
  listen(heard: (message: ToWorker) => void): void;
  /** Does work that must not be broken off: the native runtime would take the process along. */
  whileBusy<Result>(work: () => Promise<Result>): Promise<Result>;
}
