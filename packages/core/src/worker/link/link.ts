import type { FromWorker, ToWorker } from "../messages.ts";

/** What carries messages to a worker and back. */
export interface Link {
  post(message: ToWorker, transfer: readonly ArrayBuffer[]): void;
  /** Whether the worker keeps this process alive: only while something is asked of it. */
  hold(held: boolean): void;
  /** Ends a worker that is idle. */
  stop(): Promise<void>;
  /** Ends it whatever it does; `false` where that would take this process along. */
  kill(): Promise<boolean>;
}

/** The near ends of a link. */
export interface LinkEnds {
  readonly heard: (message: FromWorker) => void;
  /** The worker is gone. @param how "exit code 1" */
  readonly ended: (how: string) => void;
}

export type OpenLink = (ends: LinkEnds) => Link;
