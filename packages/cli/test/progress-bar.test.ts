import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { ByteProgress, CountProgress } from "../src/report/progress-bar.ts";

/** A terminal that keeps what is written on it. */
class Terminal extends Writable {
  readonly isTTY = true;
  text = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }

  /** What stood before "left" in every bar that was drawn. */
  get times(): string[] {
    return [...this.text.matchAll(/\| ([^|]*) left/gu)].map(([, time = ""]) => time);
  }
}

describe("the progress bars", () => {
  let terminal: Terminal;
  beforeEach(() => void (terminal = new Terminal()));
  const TIME = /^(-|\d+s|\d+m\d+s|\d+h\d+m)$/u;

  it("tell the time that is left, or nothing about it, before and while episodes are played", async () => {
    const progress = new CountProgress(terminal, 10, 0);
    await redrawn();
    for (let episode = 0; episode < 10; episode += 1) progress.advance();
    progress.stop();
    assert.equal(terminal.times[0], "-");
    for (const time of terminal.times) assert.match(time, TIME);
    assert.match(terminal.text, /10\/10 episodes/u);
  });

  it("say nothing about the time while no byte is written", async () => {
    const progress = new ByteProgress(terminal);
    progress.update(0, 5e6, "prefill_head");
    await redrawn();
    progress.update(0, 5e6, "prefill_head");
    progress.stop();
    assert.ok(terminal.times.length > 0);
    assert.deepEqual(new Set(terminal.times), new Set(["-"]));
  });
});

/** Long enough for a bar to be drawn again: ten times a second. */
function redrawn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 250));
}
