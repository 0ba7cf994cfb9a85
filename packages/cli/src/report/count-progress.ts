import { Presets, SingleBar } from "cli-progress";
import type { Streams } from "../streams.ts";

/** A progress bar over things to do, on stderr, only on a terminal. */
export class CountProgress {
  readonly #bar: SingleBar | null;

  constructor(stderr: Streams["stderr"], total: number, done: number) {
    const format = "{bar} {percentage}% | {value}/{total} episodes | {eta_formatted} left";
    this.#bar =
      stderr.isTTY === true
        ? new SingleBar({ format, stream: stderr, hideCursor: true }, Presets.shades_classic)
        : null;
    this.#bar?.start(total, done);
  }

  advance(): void {
    this.#bar?.increment();
  }

  stop(): void {
    this.#bar?.stop();
  }
}
