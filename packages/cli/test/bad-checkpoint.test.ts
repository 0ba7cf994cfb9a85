import assert from "node:assert/strict";
import { mkdir, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ErrorCode } from "@vla-pruner/format";
import { CONFIG, shardName, writeCheckpoint } from "./support/checkpoint.ts";
import type { CheckpointSpec } from "./support/checkpoint.ts";
import { makeFolder } from "./support/folder.ts";
import { fail } from "./support/run-cli.ts";

const QUERY = "language_model.model.layers.2.self_attn.q_proj.weight";

interface Case {
  readonly name: string;
  readonly code: ErrorCode;
  /** What the line must say. */
  readonly says: RegExp;
  readonly spec?: CheckpointSpec;
  /** Damages the checkpoint after it is written. */
  readonly damage?: (folder: string) => Promise<void>;
}

const write = (name: string, text: string) => (folder: string) => writeFile(join(folder, name), text);

const CASES: readonly Case[] = [
  {
    name: "no directory",
    code: "checkpoint-missing",
    says: /checkpoint directory at /u,
    damage: (folder) => rm(folder, { recursive: true }),
  },
  {
    name: "no config.json",
    code: "checkpoint-missing",
    says: /config\.json in /u,
    damage: (folder) => rm(join(folder, "config.json")),
  },
  {
    name: "a config.json that is not JSON",
    code: "config-invalid",
    says: /config\.json/u,
    damage: write("config.json", "{ model_type: openvla }"),
  },
  {
    name: "a config.json that is not an object",
    code: "config-invalid",
    says: /config\.json/u,
    damage: write("config.json", "[1]"),
  },
  {
    name: "an empty config.json",
    code: "config-invalid",
    says: /config\.json/u,
    damage: write("config.json", ""),
  },
  {
    name: "another model_type",
    code: "unknown-architecture",
    says: /"gpt2"/u,
    damage: write("config.json", '{"model_type":"gpt2"}'),
  },
  {
    name: "no weights",
    code: "checkpoint-missing",
    says: /no weights/u,
    damage: (folder) => rm(join(folder, "model.safetensors")),
  },
  {
    name: "pickled weights",
    code: "checkpoint-missing",
    says: /pickled/u,
    damage: async (folder) => {
      await rm(join(folder, "model.safetensors"));
      await write("pytorch_model.bin", "")(folder);
    },
  },
  {
    name: "a missing shard",
    code: "checkpoint-missing",
    says: /model-00002-of-00003/u,
    spec: { shards: 3 },
    damage: (folder) => rm(join(folder, shardName(2, 3))),
  },
  {
    name: "a truncated shard",
    code: "checkpoint-truncated",
    says: /model-00003-of-00003/u,
    spec: { shards: 3 },
    damage: (folder) => truncate(join(folder, shardName(3, 3)), 9000),
  },
  {
    name: "a shard cut inside its header",
    code: "checkpoint-truncated",
    says: /model-00001-of-00003/u,
    spec: { shards: 3 },
    damage: (folder) => truncate(join(folder, shardName(1, 3)), 100),
  },
  {
    name: "an empty weights file",
    code: "checkpoint-truncated",
    says: /model\.safetensors/u,
    damage: (folder) => truncate(join(folder, "model.safetensors"), 0),
  },
  {
    name: "weights that are something else",
    code: "checkpoint-invalid",
    says: /model\.safetensors/u,
    damage: write("model.safetensors", "<!DOCTYPE html> not found"),
  },
  {
    name: "a shard index that is not JSON",
    code: "checkpoint-invalid",
    says: /index\.json/u,
    spec: { shards: 3 },
    damage: write("model.safetensors.index.json", "{"),
  },
  {
    name: "a tensor of the wrong shape",
    code: "tensor-shape",
    says: /q_proj/u,
    spec: { change: (tensors) => void tensors.set(QUERY, { dims: [32, 31] }) },
  },
  {
    name: "a missing tensor",
    code: "tensor-missing",
    says: /q_proj/u,
    spec: { change: (tensors) => void tensors.delete(QUERY) },
  },
  {
    name: "no heads for the vision towers",
    code: "config-invalid",
    says: /vision_heads/u,
    damage: write("config.json", JSON.stringify({ ...CONFIG, vision_heads: [3, 2] })),
  },
  {
    name: "negative sizes",
    code: "config-invalid",
    says: /hidden_size/u,
    damage: write("config.json", JSON.stringify({ ...CONFIG, text_config: { hidden_size: -32 } })),
  },
  {
    name: "sizes that the tensors do not have",
    code: "tensor-shape",
    says: /vocab|embed_tokens/u,
    damage: write(
      "config.json",
      JSON.stringify({ ...CONFIG, text_config: { ...(CONFIG["text_config"] as object), vocab_size: 999 } }),
    ),
  },
];

describe("convert refuses", () => {
  for (const { name, code, says, spec, damage } of CASES) {
    it(name, async () => {
      const folder = makeFolder();
      const checkpoint = await writeCheckpoint(join(folder, "checkpoint"), spec);
      await damage?.(checkpoint);
      await mkdir(join(folder, "out"));
      assert.match(await fail(code, "convert", checkpoint, "--out", join(folder, "out", "model")), says);
      assert.deepEqual(await readdir(join(folder, "out")), [], "nothing half-written is left");
    });
  }
});
