import type { ToWorker } from "../messages.ts";
import { PolicyHost } from "./policy-host.ts";

// What a worker process runs. A signal of the terminal is for the parent; it lets go, or is gone: then this one ends.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
process.on("disconnect", () => process.exit(0));
PolicyHost.serve({
  post(message) {
    if (process.connected) process.send?.(message);
  },
  listen: (heard) => process.on("message", (message) => heard(message as ToWorker)),
  whileBusy: (work) => work(),
});
