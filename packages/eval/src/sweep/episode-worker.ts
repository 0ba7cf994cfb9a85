import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { VlaPrunerError } from "@vla-pruner/format";
import type { SerializedError } from "@vla-pruner/format";
import type { EpisodeRecord, Job } from "./types.ts";

/** How a worker process starts: a module, and words that make it call `serveEpisodes`. */
export interface WorkerScript {
  readonly path: string;
  readonly args: readonly string[];
}

/** What a worker process says. */
export type WorkerReport =
  | { readonly kind: "ready" }
  | { readonly kind: "record"; readonly record: EpisodeRecord }
  | { readonly kind: "failure"; readonly failure: WorkerFailure };

/** An error on its way between processes: one of VLA-Pruner's own keeps its code. */
export type WorkerFailure = SerializedError | { readonly message: string };

/** A worker ended in the middle of an episode. */
export class WorkerCrash extends Error {}

/** Characters of a worker's last words that are passed on. */
const LAST_WORDS = 400;

/** One worker process, which plays one episode at a time. */
export class EpisodeWorker {
  readonly #child: ChildProcess;
  #said = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.on("data", (words: Buffer) => {
      this.#said = (this.#said + words.toString()).slice(-LAST_WORDS);
    });
  }

  static async start({ path, args }: WorkerScript): Promise<EpisodeWorker> {
    const worker = new EpisodeWorker(fork(path, [...args], { stdio: ["ignore", "ignore", "pipe", "ipc"] }));
    await worker.#next("ready");
    return worker;
  }

  /**
   * @throws `WorkerCrash` when the process ends first, or something unforeseen goes wrong in it; else the error
   * that the episode threw
   */
  async play(job: Job): Promise<EpisodeRecord> {
    this.#child.send(job);
    return (await this.#next("record")).record;
  }

  /** Lets the process end. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    if (this.#child.connected) this.#child.disconnect();
    else this.#child.kill("SIGKILL");
    await ended;
  }

  async #next<Kind extends WorkerReport["kind"]>(
    kind: Kind,
  ): Promise<Extract<WorkerReport, { readonly kind: Kind }>> {
    const report = await this.#report();
    if (report.kind === "failure") throw errorOf(report.failure);
    if (report.kind !== kind) throw new WorkerCrash(`a worker said ${report.kind} in place of ${kind}`);
    return report as Extract<WorkerReport, { readonly kind: Kind }>;
  }

  #report(): Promise<WorkerReport> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        child.off("message", heard).off("close", ended).off("error", failed);
        act();
      };
      const heard = (report: unknown): void => settle(() => resolve(report as WorkerReport));
      const ended = (code: number | null, signal: string | null): void =>
        settle(() =>
          reject(
            new WorkerCrash(`ended by ${signal ?? `exit code ${code}`}: ${this.#said.trim() || "no word"}`),
          ),
        );
      const failed = (error: Error): void => settle(() => reject(new WorkerCrash(error.message)));
      if (child.exitCode !== null || child.signalCode !== null) ended(child.exitCode, child.signalCode);
      else child.on("message", heard).on("close", ended).on("error", failed);
    });
  }
}

/** @internal */
export function failureOf(error: unknown): WorkerFailure {
  if (VlaPrunerError.is(error)) return error.toJSON();
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function errorOf(failure: WorkerFailure): Error {
  return (
    VlaPrunerError.from(failure) ?? new WorkerCrash("message" in failure ? failure.message : failure.code)
  );
}
