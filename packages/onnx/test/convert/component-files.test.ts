import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openCheckpoint } from "../../src/convert/open-checkpoint.ts";
import { writeSafetensors } from "../../src/safetensors/write-checkpoint.ts";
import { JoinedSource } from "../../src/weights/joined-source.ts";
import { openHandles, writeFiles } from "../support/checkpoint-files.ts";
import { noiseWeights } from "../support/noise.ts";
import { pytorchBytes, stateDict } from "../support/pytorch-files.ts";
import { withFolder } from "../support/temporary-folder.ts";

const base = noiseWeights({ a: [2] });
const RECIPES = [
  { files: { components: { action_head: /^action_head--.*\.(pt|safetensors)$/u } } },
  { files: { components: { proprio_projector: /^proprio_projector--.*\.(pt|safetensors)$/u } } },
];
const HEAD = "action_head--100_checkpoint.pt";

async function withCheckpoint(
  files: Readonly<Record<string, unknown>>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    await writeSafetensors(join(folder, "model.safetensors"), base, ["a"], "F32");
    await writeFiles(folder, { "config.json": {}, ...files });
    await use(folder);
  });
}

describe("component files", () => {
  it("join the weights under their component's name, pickled or as safetensors", async () => {
    await withCheckpoint(
      { [HEAD]: pytorchBytes(stateDict({ name: "module.w" })), "notes--1.pt": "not read" },
      async (folder) => {
        await writeSafetensors(join(folder, "proprio_projector--1.safetensors"), base, ["a"], "F32");
        const { weights, components } = await openCheckpoint(folder, RECIPES);
        assert.deepEqual(components, ["action_head", "proprio_projector"]);
        assert.deepEqual(weights.names, ["a", "action_head.w", "proprio_projector.a"]);
        assert.deepEqual(weights.info("action_head.w"), { dtype: "F32", dims: [2, 3] });
        assert.deepEqual([...(await weights.read("action_head.w", 2, 2))], [3, 4]);
        assert.deepEqual([...(await weights.read("proprio_projector.a", 0, 2))], base.values("a"));
        assert.equal(weights.info("w"), undefined);
        await assert.rejects(weights.read("w", 0, 1), { code: "tensor-missing" });
        await weights.close();
      },
    );
  });

  it("twice for one component: checkpoint-invalid, with both names", async () => {
    const bytes = pytorchBytes(stateDict({}));
    await withCheckpoint({ [HEAD]: bytes, "action_head--200.pt": bytes }, async (folder) => {
      await assert.rejects(openCheckpoint(folder, RECIPES), {
        code: "checkpoint-invalid",
        found: /--100.* and .*--200/u,
      });
    });
  });

  it("that are damaged are refused, and the weights are closed again", async () => {
    await withCheckpoint({}, async (folder) => {
      await writeFile(join(folder, HEAD), "no zip");
      await assert.rejects(openCheckpoint(folder, RECIPES), { code: "checkpoint-invalid" });
      assert.ok(!((await openHandles(folder)) ?? []).some((path) => path.endsWith(".safetensors")));
    });
  });

  it("may not bring a tensor of a name that is taken", () => {
    const parts = [
      { prefix: "", source: noiseWeights({ "x.a": [1] }) },
      { prefix: "x.", source: noiseWeights({ a: [1] }) },
    ];
    assert.throws(() => new JoinedSource(parts), { code: "checkpoint-invalid" });
  });
});
