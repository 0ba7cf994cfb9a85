import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CONFIG } from "./support/checkpoint.ts";
import { makeFolder } from "./support/folder.ts";
import { checkFailure } from "./support/run-cli.ts";
import { COMMAND, outcomeOf, startCli } from "./support/run-child.ts";

/** Some 700 MB of weights: still being written when the signal comes, whatever the machine. */
const LARGE = {
  ...CONFIG,
  text_config: {
    model_type: "llama",
    hidden_size: 1024,
    intermediate_size: 2752,
    num_hidden_layers: 12,
    num_attention_heads: 16,
    num_key_value_heads: 16,
    vocab_size: 8064,
  },
};

describe("an interrupted conversion", () => {
  let folder: string;
  beforeEach(async () => {
    folder = makeFolder();
    await writeFile(join(folder, "config.json"), JSON.stringify(LARGE));
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`leaves nothing behind after ${signal}`, async () => {
      const { child, done } = startCli(["convert", "--synthetic", "config.json", "--out", "model"], folder);
      await someWeightsIn(folder, done);
      child.kill(signal);
      const outcome = await done;
      checkFailure(outcome, "interrupted");
      assert.equal(outcome.stdout, "");
      assert.deepEqual(await readdir(folder), ["config.json"]);
    });
  }

  it("leaves nothing behind when the disk takes no more", async function () {
    if (process.platform === "win32") this.skip(); // There is no ulimit.
    const words = [
      "-c",
      'ulimit -f 20000; trap "" XFSZ; exec "$@"',
      "bash",
      process.execPath,
      ...COMMAND,
      "convert",
      "--synthetic",
      "config.json",
      "--out",
      "model",
    ];
    const shell = spawn("bash", words, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    const outcome = await outcomeOf(shell);
    checkFailure(outcome, "output-unwritable");
    assert.deepEqual(await readdir(folder), ["config.json"]);
  });
});

/** Waits until some weights are written below the temporary name; fails if the conversion ends before. */
async function someWeightsIn(folder: string, done: Promise<unknown>): Promise<void> {
  const ended = done.then(() => "ended");
  for (;;) {
    const partial = (await readdir(folder)).find((name) => name.startsWith("model.partial-"));
    const written =
      partial && (await stat(join(folder, partial, "onnx", "prefill_head.onnx_data")).catch(() => undefined));
    if (written && written.size > 1_000_000) return;
    const state = await Promise.race([ended, sleep(5, "running")]);
    assert.equal(state, "running", "the conversion ended before it could be interrupted");
  }
}
