import { WorkQueue } from "../policy/work-queue.ts";
import type { runInTurn as runAtOnce } from "./run-in-turn.ts";

const turns = new WorkQueue();

/**
 * As in Node's file of this name, but after all runs that were asked for before, of all sessions: one WebAssembly
 * module serves them, and two runs at once hang for good on WebGPU.
 */
export const runInTurn: typeof runAtOnce = (work) => turns.add(work);
