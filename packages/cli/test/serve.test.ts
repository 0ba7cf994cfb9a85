import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { VlaPrunerError } from "@vla-pruner/format";
import { remotePolicy } from "@vla-pruner/serve/client";
import { readEpisode } from "../src/episode/read-episode.ts";
import { act } from "./support/act.ts";
import { numericEpisode } from "./support/episode.ts";
import { tinyModel } from "./support/model.ts";
import { startCli } from "./support/run-child.ts";
import { fail } from "./support/run-cli.ts";

describe("serve", () => {
  it("gives a robot what act gives, goes on when its worker is killed, and ends on SIGTERM", async () => {
    const expected = (await act()).map(({ step, action, decision }) => ({ step, action, decision }));
    const { child, done } = startCli(["serve", await tinyModel(), "--port", "0", "--threads", "1"]);
    const remote = await remotePolicy(await listening(child));
    const got = [];
    let killed = 0;
    for (const line of await readEpisode(await numericEpisode())) {
      if (line.reset) continue;
      const observation = await line.load();
      // In the middle of calls, and of what the episode remembers; a call that is lost is not remembered.
      const call = remote.act(observation).catch((error: unknown) => {
        assert.ok(VlaPrunerError.is(error, "worker-lost"), String(error));
        return remote.act(observation);
      });
      if (process.platform === "linux" && (got.length === 2 || got.length === 4))
        killed += killWorkers(child);
      const { step, actions, decision } = await call;
      got.push({ step, action: actions, decision });
    }
    assert.deepEqual(got, expected);
    if (process.platform === "linux") assert.ok(killed >= 2, `${killed}`);
    await remote.dispose();
    child.kill("SIGTERM");
    const { code, stdout } = await done;
    assert.deepEqual([code, stdout], [0, ""]);
  });

  it("gives what act --ahead gives, and says so of itself", async () => {
    const words = ["--ahead", "--pruner", "fastv"];
    const expected = (await act(...words)).map(({ action, reason }) => ({ action, reason }));
    const served = ["serve", await tinyModel(), "--port", "0", "--isolation", "thread", ...words];
    const { child, done } = startCli(served);
    const remote = await remotePolicy(await listening(child));
    assert.equal(remote.about["ahead"], "yes");
    const got = [];
    for (const line of await readEpisode(await numericEpisode())) {
      if (line.reset) continue;
      const { actions, reason } = await remote.act(await line.load());
      got.push({ action: actions, reason });
    }
    assert.deepEqual(got, expected);
    assert.deepEqual(
      got.map(({ reason }) => reason),
      ["ahead-first", "fastv", "fastv", "fastv", "fastv"],
    );
    await remote.dispose();
    child.kill("SIGTERM");
    assert.equal((await done).code, 0);
  });

  it("refuses before it loads: half of a certificate, a host that others reach without a key, a pruner's options", async () => {
    const model = await tinyModel();
    await fail("invalid-option", "serve", model, "--cert", "some.pem");
    await fail("invalid-option", "serve", model, "--host", "0.0.0.0");
    await fail("invalid-option", "serve", model, "--retention", "2");
    await fail("invalid-option", "serve", model, "--action-keys", "arm");
    await fail("model-missing", "serve", "nowhere");
  });
});

/** Where it listens, from its log. */
function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stderr === null) throw new Error("no log");
    createInterface({ input: child.stderr }).on("line", (line) => {
      const [, url] = /listening at (\S+)$/u.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.once("exit", () => reject(new Error("the server ended")));
  });
}

/** Kills the processes that a server started. */
function killWorkers({ pid }: ChildProcess): number {
  const children = execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" })
    .trim()
    .split("\n");
  for (const worker of children) process.kill(Number(worker), "SIGKILL");
  return children.length;
}
