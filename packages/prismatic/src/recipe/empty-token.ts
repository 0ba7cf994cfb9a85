import { invalidConfig } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig } from "@vla-pruner/onnx/convert";
import { EMPTY_TOKEN } from "../empty-token.ts";

/**
 * The token that ends every prompt: `empty_token_id` of config.json, for checkpoints with a vocabulary of
 * their own, else OpenVLA's.
 *
 * @throws `config-invalid`
 */
export function readEmptyToken(config: CheckpointConfig, vocabulary: number): number {
  const given = config["empty_token_id"];
  if (given === undefined || given === null) return EMPTY_TOKEN;
  if (typeof given === "number" && Number.isInteger(given) && given >= 0 && given < vocabulary) return given;
  throw invalidConfig(`empty_token_id: a token id from 0 to ${vocabulary - 1}`, JSON.stringify(given));
}
