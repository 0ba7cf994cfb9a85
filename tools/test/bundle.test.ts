import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..", "..");

describe("tools/bundle.sh", () => {
  it("packs programs that convert, play and collect away from the repository", async function () {
    if (process.platform !== "linux" || process.arch !== "x64") this.skip();
    const folder = await mkdtemp(join(tmpdir(), "vla-pruner-"));
    try {
      const archive = join(folder, "bundle.tar.xz");
      await run(join(root, "tools", "bundle.sh"), [archive], { env: { ...process.env, XZ_OPT: "-0" } });
      await run("tar", ["xJf", archive], { cwd: folder });
      const bundled = (program: string, ...words: string[]): ReturnType<typeof run> =>
        run("./node", [`dist/${program}.mjs`, ...words], { cwd: folder, env: {} });

      await bundled("cli", "convert", join(root, "checkpoints", "random-openvla"), "--out", "model");
      const task = ["--task", "spatial/cube-on-stand", "--episodes", "1", "--horizon", "2"];
      await bundled("cli", "eval", "--policy", "model", "--retention", "0.25", ...task, "--out", "sweep");
      const episodes = await readFile(join(folder, "sweep", "episodes.jsonl"), "utf8");
      assert.deepEqual(
        episodes
          .trimEnd()
          .split("\n")
          .map((line) => (JSON.parse(line) as { pruner: string }).pruner)
          .toSorted(),
        ["keep-all", "recommended"],
      );

      await bundled("prepare", "--out", "data");
      const few = ["--samples", "4", "--shard", "2", "--workers", "1"];
      await bundled("collect", "--out", "data", "--student", "model", ...few);
      const data = await readdir(join(folder, "data"));
      for (const name of ["instructions.json", "0-0-0000.json", "0-0-0000.frames.u8"])
        assert.ok(data.includes(name), `no ${name} among ${data.join(", ")}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
