import cliProgress from "cli-progress"; // CommonJS; Node finds only some of its names by themselves.
import type { Options, SingleBar } from "cli-progress";
import type { Streams } from "../streams.ts";

/** A progress bar over things to do, on stderr, only on a terminal. */
export class CountProgress {
  readonly #bar: SingleBar | null;

  constructor(stderr: Streams["stderr"], total: number, done: number, things = "episodes") {
    this.#bar = barOn(stderr, `{value}/{total} ${things}`);
    this.#bar?.start(total, done);
  }

  advance(): void {
    this.#bar?.increment();
  }

  stop(): void {
    this.#bar?.stop();
  }
}

/** A progress bar over bytes, on stderr, only on a terminal. */
export class ByteProgress {
  readonly #bar: SingleBar | null;
  #started = false;

  constructor(stderr: Streams["stderr"]) {
    this.#bar = barOn(stderr, "{session} | {value}/{total} MB");
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

function barOn(stderr: Streams["stderr"], counts: string): SingleBar | null {
  if (stderr.isTTY !== true) return null;
  const format = `{bar} {percentage}% | ${counts} | {eta_formatted} left`;
  return new cliProgress.SingleBar(
    { format, formatTime: timeOrDash, stream: stderr, hideCursor: true },
    cliProgress.Presets.shades_classic,
  );
}

/** While nothing is known about the pace, the library gives words in place of seconds and would show their last two letters. */
function timeOrDash(seconds: number, options: Options, roundToMultipleOf: number): string {
  return Number.isFinite(seconds) ? cliProgress.Format.TimeFormat(seconds, options, roundToMultipleOf) : "-";
}
