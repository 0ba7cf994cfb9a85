import { existsSync, writeFileSync } from "node:fs";
import { createPolicy, keepAll } from "@vla-pruner/core";
import type { Policy } from "@vla-pruner/core";
import { FakeAdapter } from "@vla-pruner/core/testing";
import { VlaPrunerError } from "@vla-pruner/format";
import { serveEpisodes } from "../../src/index.ts";
import { FakeSimulator } from "./fake-simulator.ts";

/** A worker process over fakes. The path of a job's policy says what goes wrong: `crash:FILE`, `always`, `missing`. No device will do. */
await serveEpisodes({
  createSimulator: async () => new FakeSimulator({ solvedAt: 5 }),
  loadModel: async (path, { device }) => {
    if (device !== undefined)
      throw new VlaPrunerError("model-invalid", { expected: "a device", found: device, fix: "c" });
    if (path === "always") process.exit(7);
    if (path === "missing")
      throw new VlaPrunerError("model-missing", { expected: "a", found: "b", fix: "c" });
    const marker = /^crash:(.*)$/u.exec(path)?.[1];
    if (marker !== undefined && !existsSync(marker)) {
      writeFileSync(marker, "");
      process.stderr.write("the worker's last words\n");
      process.kill(process.pid, "SIGKILL");
    }
    return { policyOf: async () => fakePolicy(), dispose: async () => undefined };
  },
});

function fakePolicy(): Policy {
  return createPolicy({ adapter: new FakeAdapter({ horizon: 4 }), pruner: keepAll() });
}
