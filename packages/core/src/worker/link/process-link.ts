import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FromWorker } from "../messages.ts";
import { entryScript } from "./entry-script.ts";
import type { Link, LinkEnds } from "./link.ts";

/** Milliseconds that an idle process may take to end. */
const PATIENCE = 5000;

/** A worker process: what kills it leaves this one alone. */
export function processLink({ heard, ended }: LinkEnds, env: Readonly<Record<string, string>>): Link {
  const child = fork(fileURLToPath(entryScript("process-entry")), [], {
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, ...env },
  });
  const alive = (): boolean => child.exitCode === null && child.signalCode === null;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.on("message", (message) => heard(message as FromWorker));
  child.on("error", (error) => ended(error.message));
  child.on("exit", (code, signal) => ended(signal === null ? `exit code ${code}` : `signal ${signal}`));
  return {
    post(message) {
      if (child.connected) child.send(message, () => undefined); // Its end is told by the exit.
    },
    hold(held) {
      if (held) child.ref();
      else child.unref();
      if (held) child.channel?.ref();
      else child.channel?.unref();
    },
    async stop() {
      if (!alive()) return;
      child.ref();
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
      await gone;
      clearTimeout(timer);
    },
    async kill() {
      child.ref();
      if (alive()) child.kill("SIGKILL");
      await gone;
      return true;
    },
  };
}
