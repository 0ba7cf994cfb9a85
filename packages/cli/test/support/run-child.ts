import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Outcome } from "./run-cli.ts";

const BIN = fileURLToPath(new URL("../../src/bin.ts", import.meta.url));
/** Resolved here, since a child may start in a folder that has no node_modules. */
const TSX = import.meta.resolve("tsx");

/** Words that start the command line as a process of its own. */
export const COMMAND: readonly string[] = ["--import", TSX, "--conditions=@vla-pruner/source", BIN];

/** Starts the command line; `done` resolves when it has ended. */
export function startCli(
  args: readonly string[],
  cwd?: string,
): { child: ChildProcess; done: Promise<Outcome> } {
  return runNode([], args, cwd);
}

/** Starts the command line with options of Node's own. */
export function runNode(
  options: readonly string[],
  args: readonly string[],
  cwd?: string,
): { child: ChildProcess; done: Promise<Outcome> } {
  const words = [...options, ...COMMAND, ...args];
  const child = spawn(process.execPath, words, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  return { child, done: outcomeOf(child) };
}

/** Collects what a process prints, until it ends. */
export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve({ code: code ?? -1, stdout, stderr: signal === null ? stderr : `${stderr}[${signal}]` }),
    );
  });
}
