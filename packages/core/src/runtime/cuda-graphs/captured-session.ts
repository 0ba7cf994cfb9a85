import { WorkQueue } from "../../policy/work-queue.ts";
import type { RawSession } from "../wrap-session.ts";
import { DeviceTensors } from "./device-tensors.ts";
import { shapeKey } from "./fed-inputs.ts";
import type { Feeds } from "./fed-inputs.ts";
import type { NativeOptions, NativeSession } from "./native-session.ts";
import { ReadBack } from "./read-back.ts";
import { ShapeRun } from "./shape-run.ts";
import type { RunParts } from "./shape-run.ts";

/** A CUDA graph is never freed before its session: a robot that meets ever new prompts must not fill its memory. */
const MOST_GRAPHS = 32;
const MOST_SHAPES = 8;

/** A session that keeps inputs and outputs at fixed addresses, a shape at a time, and may replay its kernels. */
export class CapturedSession implements RawSession {
  readonly #parts: RunParts;
  readonly #captures: boolean;
  /** By shape, the one that was used last at the end. */
  readonly #shapes = new Map<string, ShapeRun>();
  #graphs = 0;
  /** One run at a time: they share their buffers. */
  readonly #queue = new WorkQueue();

  /** @param stays outputs that stay on the device */
  constructor(session: NativeSession, { memory, captures }: NativeOptions, stays: readonly string[]) {
    const tensors = new DeviceTensors(memory);
    this.#parts = { session, memory, tensors, readBack: new ReadBack(memory), stays: new Set(stays) };
    this.#captures = captures;
  }

  get inputNames(): readonly string[] {
    return this.#parts.session.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.#parts.session.outputNames;
  }

  run(feeds: Feeds): Promise<Record<string, unknown>> {
    return this.#queue.add(() => this.#runNow(feeds));
  }

  release(): Promise<void> {
    return this.#queue.add(() => this.#releaseNow());
  }

  #releaseNow(): void {
    for (const shape of this.#shapes.values()) shape.release();
    this.#parts.tensors.release();
    this.#parts.readBack.release();
    this.#parts.session.release();
  }

  async #runNow(feeds: Feeds): Promise<Record<string, unknown>> {
    const key = shapeKey(this.#parts.session, feeds);
    const known = this.#shapes.get(key);
    const shape = known ?? new ShapeRun(this.#parts, feeds);
    this.#shapes.delete(key);
    this.#shapes.set(key, shape);
    if (this.#shapes.size > MOST_SHAPES) this.#forgetOldest();
    // A shape that is met once is not worth a graph.
    if (!this.#captures || known === undefined) return shape.plain(feeds);
    if (!shape.isCaptured && this.#graphs >= MOST_GRAPHS) return shape.plain(feeds);
    return shape.asGraph(feeds, () => this.#nextGraph());
  }

  /** A graph that is captured may write where another one keeps what its kernels read. */
  #nextGraph(): number {
    for (const shape of this.#shapes.values()) shape.distrust();
    this.#graphs += 1;
    return this.#graphs;
  }

  #forgetOldest(): void {
    const [oldest] = this.#shapes;
    if (oldest === undefined) return;
    this.#shapes.delete(oldest[0]);
    oldest[1].release();
  }
}
