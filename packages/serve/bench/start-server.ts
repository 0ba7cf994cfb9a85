import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

const CLI = resolve(import.meta.dirname, "../../../tools/run-cli.ts");

/** `vla-pruner serve` in a process of its own, as a user starts it. */
export interface StartedServer {
  readonly port: number;
  /** Lines of its log. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

export async function startServer(model: string, ...words: readonly string[]): Promise<StartedServer> {
  const args = [
    "--import",
    "tsx",
    "--conditions=@vla-pruner/source",
    CLI,
    "serve",
    model,
    "--port",
    "0",
    ...words,
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  const log: string[] = [];
  const port = await new Promise<number>((found, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      log.push(line);
      const [, text] = /listening at \S+:(\d+)/u.exec(line) ?? [];
      if (text !== undefined) found(Number(text));
    });
    child.once("exit", () => reject(new Error(`the server ended: ${log.join("\n")}`)));
  });
  return {
    port,
    log,
    async stop() {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}
