import { Presets, SingleBar } from "cli-progress";
import type { Streams } from "../streams.ts";

/** A progress bar over bytes, on stderr, only on a terminal. */
export class ByteProgress {
  readonly #bar: SingleBar | null;
  #started = false;

  constructor(stderr: Streams["stderr"]) {
    const format = "{bar} {percentage}% | {session} | {value}/{total} MB | {eta_formatted} left";
    this.#bar =
      stderr.isTTY === true
        ? new SingleBar({ format, stream: stderr, hideCursor: true }, Presets.shades_classic)
        : null;
  }

  update(doneBytes: number, totalBytes: number, session: string): void {
    const done = Math.round(doneBytes / 1e6);
    if (!this.#started) this.#bar?.start(Math.max(1, Math.round(totalBytes / 1e6)), 0, { session });
    this.#started = true;
    this.#bar?.update(done, { session });
  }

  stop(): void {
    if (this.#started) this.#bar?.stop();
  }
}
