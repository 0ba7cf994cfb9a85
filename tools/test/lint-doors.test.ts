import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { AREAS, importRules } from "../lint-doors.ts";

const repository = join(import.meta.dirname, "..", "..");

/** A file, an import in it, and what lint says to it; null where the import is right. */
const PLANTED: readonly (readonly [file: string, imported: string, message: string | null])[] = [
  ["packages/core/src/tensor.ts", "onnxruntime-node", "Only core/src/runtime imports ONNX Runtime."],
  ["packages/plugin-new/src/a.ts", "onnxruntime-node", "Only core/src/runtime imports ONNX Runtime."],
  ["packages/cli/src/a.ts", "onnxruntime-common/dist", "Only core/src/runtime imports ONNX Runtime."],
  ["packages/core/src/transformers/a.ts", "onnxruntime-node", "Only core/src/runtime imports ONNX Runtime."],
  ["examples/a.ts", "onnxruntime-node", "Only core/src/runtime imports ONNX Runtime."],
  ["packages/core/src/runtime/open/a.ts", "onnxruntime-node", null],
  [
    "packages/core/src/runtime/b.ts",
    "@huggingface/transformers",
    "Only core/src/transformers, transformers/src/stock and web/src/worker/engine import transformers.js.",
  ],
  [
    "packages/eval/src/a.ts",
    "@huggingface/transformers",
    "Only core/src/transformers, transformers/src/stock and web/src/worker/engine import transformers.js.",
  ],
  ["packages/core/src/transformers/b.ts", "@huggingface/transformers", null],
  ["packages/core/src/b.ts", "tsyringe", "Only core/src/container imports tsyringe and reflect-metadata."],
  [
    "packages/core/src/c.ts",
    "reflect-metadata/lite",
    "Only core/src/container imports tsyringe and reflect-metadata.",
  ],
  ["packages/core/src/container/a.ts", "tsyringe", null],
  ["packages/core/src/d.ts", "eventemitter3", "Only core/src/events.ts imports eventemitter3."],
  ["packages/core/src/events.ts", "eventemitter3", null],
  ["packages/onnx/src/a.ts", "@bufbuild/protobuf/wire", "Only onnx/src/proto imports the protobuf library."],
  ["packages/core/src/e.ts", "@bufbuild/protobuf", "Only onnx/src/proto imports the protobuf library."],
  ["packages/onnx/src/proto/a.ts", "@bufbuild/protobuf/wire", null],
  ["packages/sim/src/a.ts", "@mujoco/mujoco", "Only sim/src/mujoco imports MuJoCo."],
  ["packages/sim/src/mujoco/a.ts", "@mujoco/mujoco", null],
  [
    "packages/core/src/container/b.ts",
    "@vla-pruner/onnx/graph",
    "Core knows neither graph building nor plugins nor evaluation.",
  ],
  [
    "packages/core/src/f.ts",
    "@vla-pruner/plugin-openvla",
    "Core knows neither graph building nor plugins nor evaluation.",
  ],
  [
    "packages/core/src/runtime/d.ts",
    "vla-pruner",
    "Core knows neither graph building nor plugins nor evaluation.",
  ],
  ["packages/onnx/src/proto/b.ts", "@vla-pruner/core", "@vla-pruner/onnx knows neither core nor plugins."],
  ["packages/onnx/src/b.ts", "@vla-pruner/core/testing", "@vla-pruner/onnx knows neither core nor plugins."],
  ["packages/plugin-new/src/b.ts", "@vla-pruner/plugin-other", "A plugin imports core and onnx only."],
  ["packages/plugin-new/src/c.ts", "@vla-pruner/core/adapter", null],
  ["packages/plugin-new/src/d.ts", "@vla-pruner/onnx/blocks", null],
  ["packages/sim/src/mujoco/b.ts", "@vla-pruner/core", "The simulator knows no policy."],
  ["packages/cli/src/b.ts", "@vla-pruner/core/src/policy.ts", "Import another package by its name."],
  ["packages/core/src/runtime/c.ts", "../../../onnx/src/index.ts", "Import another package by its name."],
  ["packages/cli/src/c.ts", "@vla-pruner/plugin-openvla", null],
];

/** Runs oxlint on the planted files; returns its messages by file. */
function lintPlanted(folder: string): Map<string, string> {
  for (const [file, imported] of PLANTED) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `import { a } from "${imported}";\nconsole.log(a);\n`);
  }
  writeFileSync(join(folder, ".oxlintrc.json"), JSON.stringify({ overrides: importRules }));
  const oxlint = join(repository, "node_modules", "oxlint", "bin", "oxlint");
  const { stdout } = spawnSync(process.execPath, [oxlint, "--format=json"], {
    cwd: folder,
    encoding: "utf8",
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { filename: string; help: string }[] };
  return new Map(diagnostics.map(({ filename, help }) => [filename.replaceAll("\\", "/"), help]));
}

describe("lint doors", () => {
  it("name folders and files that exist", () => {
    const packages = readdirSync(join(repository, "packages"));
    for (const area of AREAS) {
      const [top = "", name = "", ...path] = area.replace("/**", "").split("/");
      if (top !== "packages") {
        assert.ok(existsSync(join(repository, area)), `${area} names nothing`);
        continue;
      }
      const folders = packages.filter((folder) => folder.startsWith(name.replace("*", "")));
      assert.ok(
        folders.some((folder) => existsSync(join(repository, "packages", folder, ...path))),
        `${area} names nothing`,
      );
    }
  });

  it("refuse each planted import, and let the right ones through", () => {
    const folder = mkdtempSync(join(tmpdir(), "vla-pruner-lint-"));
    try {
      const said = lintPlanted(folder);
      for (const [file, imported, message] of PLANTED)
        assert.equal(said.get(file) ?? null, message, `${file} imports ${imported}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
