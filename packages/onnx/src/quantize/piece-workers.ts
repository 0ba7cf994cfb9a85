import { createRequire } from "node:module";
import { extname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { quantizePiece } from "./quantize-piece.ts";
import type { MatrixPiece, QuantizedPiece } from "./quantize-piece.ts";

interface Job {
  readonly piece: MatrixPiece;
  readonly resolve: (made: QuantizedPiece) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * The worker beside this file, or beside the bundle that this file went into. Threads do not inherit tsx's hooks, so that
 * those of the sources register them anew.
 */
function script(): URL {
  const extension = extname(fileURLToPath(import.meta.url));
  const worker = new URL(`quantize-worker${extension}`, import.meta.url);
  if (extension !== ".ts") return worker;
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx/package.json"));
  const hooks = new URL("dist/esm/api/index.mjs", tsx);
  const program = `import { register } from "${hooks.href}"; register(); await import("${worker.href}");`;
  return new URL(`data:text/javascript,${encodeURIComponent(program)}`);
}

/** Threads that quantise pieces of matrices. */
export class PieceWorkers {
  readonly #workers: readonly Worker[];
  readonly #idle: Worker[];
  readonly #jobs: Job[] = [];
  readonly #running = new Map<Worker, Job>();
  #roomFor: (() => void)[] = [];
  #failure: unknown;

  /** @param count threads; with 0, the calling thread does the work itself */
  constructor(count: number) {
    this.#workers = Array.from({ length: count }, () => this.#start());
    this.#idle = [...this.#workers];
  }

  /** Waits until a piece more would not be one too many to have in memory: two for each thread. */
  async room(): Promise<void> {
    while (this.#jobs.length + this.#running.size >= 2 * this.#workers.length && this.#workers.length > 0)
      await new Promise<void>((resolve) => this.#roomFor.push(resolve));
  }

  /** Quantises a piece. Its values are given away. */
  async run(piece: MatrixPiece): Promise<QuantizedPiece> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#workers.length === 0) return quantizePiece(piece);
    return new Promise((resolve, reject) => {
      this.#jobs.push({ piece, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(): Worker {
    const worker = new Worker(script());
    worker.on("message", (made: QuantizedPiece) => {
      this.#running.get(worker)?.resolve(made);
      this.#running.delete(worker);
      this.#idle.push(worker);
      this.#next();
    });
    worker.on("error", (cause) => this.#fail(cause));
    return worker;
  }

  #next(): void {
    while (this.#jobs.length > 0 && this.#idle.length > 0) {
      const job = this.#jobs.shift();
      const worker = this.#idle.pop();
      if (job === undefined || worker === undefined) break;
      this.#running.set(worker, job);
      worker.postMessage(job.piece, [job.piece.values.buffer]);
    }
    this.#makeRoom();
  }

  /** One thread that is lost is one too many: the conversion cannot be whole. */
  #fail(cause: unknown): void {
    this.#failure = cause;
    for (const { reject } of [...this.#running.values(), ...this.#jobs]) reject(cause);
    this.#running.clear();
    this.#jobs.length = 0;
    this.#makeRoom();
  }

  #makeRoom(): void {
    const waiting = this.#roomFor;
    this.#roomFor = [];
    for (const resolve of waiting) resolve();
  }
}
