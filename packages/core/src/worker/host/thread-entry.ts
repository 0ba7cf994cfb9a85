import { parentPort, workerData } from "node:worker_threads";
import { BusyCount } from "../link/busy-flags.ts";
import type { BusyFlags } from "../link/busy-flags.ts";
import { PolicyHost } from "./policy-host.ts";

// What a worker thread runs.
const busy = new BusyCount(workerData as BusyFlags);
PolicyHost.serve({
  post: (message) => parentPort?.postMessage(message, []),
  listen: (heard) => parentPort?.on("message", heard),
  whileBusy: (work) => busy.during(work),
});
