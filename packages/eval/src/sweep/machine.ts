import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { dirname } from "node:path";

/** The machine in words, for reports. */
export function machineName(): string {
  const [core] = cpus();
  return `${core?.model.trim() ?? "unknown processor"}, ${cpus().length} cores, Node ${process.version}`;
}

/** The commit of the sources that run, or `unknown` where there is no repository. */
export function sourceCommit(script: string): string {
  try {
    const git = (...words: string[]): string =>
      execFileSync("git", words, { cwd: dirname(script), stdio: ["ignore", "pipe", "ignore"] })
        .toString()
        .trim();
    const changed = git("status", "--porcelain", "--untracked-files=no") === "" ? "" : " with changes";
    return `${git("rev-parse", "--short=12", "HEAD")}${changed}`;
  } catch {
    return "unknown";
  }
}
