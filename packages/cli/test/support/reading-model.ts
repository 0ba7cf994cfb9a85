import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckpointConfig } from "@vla-pruner/onnx/convert";
import { CONFIG } from "./checkpoint.ts";
import { convertTiny } from "./model.ts";

/** A tiny model that reads instructions: bytes are its words, and OpenVLA's own empty token must have a place. */
export async function readingModel(config: CheckpointConfig = CONFIG): Promise<string> {
  const text = { ...(config["text_config"] as object), vocab_size: 32064 };
  const folder = await convertTiny({ config: { ...config, text_config: text } });
  for (const file of ["tokenizer.json", "tokenizer_config.json"]) {
    await copyFile(
      new URL(`../../../../checkpoints/random-openvla/${file}`, import.meta.url),
      join(folder, file),
    );
  }
  return folder;
}
