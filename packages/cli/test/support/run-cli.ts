import assert from "node:assert/strict";
import { Writable } from "node:stream";
import type { ErrorCode } from "@vla-pruner/format";
import { main } from "../../src/main.ts";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process, with streams of its own. */
export async function runCli(...args: readonly string[]): Promise<Outcome> {
  const stdout = new Captured();
  const stderr = new Captured();
  const code = await main(args, { stdout, stderr });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** Runs a command that must succeed without a word on stderr; gives its stdout. */
export async function succeed(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(...args);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, `vla-pruner ${args.join(" ")}`);
  return stdout;
}

/** Runs a command that must fail with this code and nothing on stdout; gives the line on stderr. */
export async function fail(code: ErrorCode, ...args: readonly string[]): Promise<string> {
  const outcome = await runCli(...args);
  assert.equal(outcome.stdout, "", "stdout of a failed command");
  return checkFailure(outcome, code);
}

/** Checks the contract of a failure: an exit code, one line of the agreed form, no stack. */
export function checkFailure({ code, stderr }: Outcome, expected: ErrorCode): string {
  assert.equal(code, 1, `exit code; stderr: ${stderr}`);
  assert.match(stderr, /^vla-pruner: [a-z-]+: expected [^\n]+, found[^\n]+; [^\n]+\n$/u);
  assert.equal(stderr.split(": ")[1], expected, stderr);
  assert.doesNotMatch(stderr, /undefined|\[object|\bat \S+:\d+:\d+/u);
  return stderr;
}

class Captured extends Writable {
  text = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
