import { spawn, type ChildProcess } from "node:child_process";

/** Where a command runs, and what it sees beside the environment of this process. */
export interface CommandPlace {
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const running = new Set<ChildProcess>();
const POSIX = process.platform !== "win32";

/** Ends a command with all that it started: on POSIX each runs in a process group of its own. */
function end(child: ChildProcess): void {
  try {
    if (POSIX && child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
    else child.kill();
  } catch {
    // It has ended by itself.
  }
}

process.on("exit", () => running.forEach(end));
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  process.on(signal, () => process.exit(code));
}

/**
 * Runs one command and prints its title and time.
 *
 * @returns what it wrote on stdout.
 * @throws Error with its whole output, if it fails.
 */
export async function runCommand(
  title: string,
  words: readonly string[],
  place: CommandPlace,
): Promise<string> {
  const started = performance.now();
  const [command = "", ...parameters] = words;
  const child = spawn(command, parameters, {
    cwd: place.folder,
    env: { ...process.env, NODE_OPTIONS: "", ...place.environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: POSIX,
  });
  running.add(child);
  const output = { stdout: "", both: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
    output.both += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.both += text));
  const ending = await new Promise<string | null>((settle) => {
    child.on("error", (error) => settle(error.message));
    child.on("close", (code, signal) => settle(code === 0 ? null : `exit code ${code ?? signal}`));
  });
  running.delete(child);
  if (ending !== null) throw new Error(`${title} failed (${ending})\n${output.both}`);
  console.log(`${title}: ok (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return output.stdout;
}

/** Runs a program's steps; a failure is printed without a stack and makes the exit code 1. */
export async function runSteps(steps: () => Promise<void>): Promise<void> {
  try {
    await steps();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
