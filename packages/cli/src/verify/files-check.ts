import { verifyChecksums } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig } from "@vla-pruner/onnx/convert";
import type { VerifyCheck } from "./verify-check.ts";

/** Whether the files of a model directory are, byte for byte, those that `convert` wrote. */
export async function filesCheck(folder: string, config: CheckpointConfig): Promise<VerifyCheck> {
  const found = await verifyChecksums(folder, config);
  if (found === null) {
    return {
      check: "files",
      outcome: "unknown",
      says: "no checksums are recorded: converted by an earlier version; convert again to have them",
    };
  }
  const { files, changed, missing, added } = found;
  const wrong = [
    ...changed.map((file) => `${file} is not what was converted`),
    ...missing.map((file) => `${file} is missing`),
  ];
  const beside = added.length === 0 ? "" : `; not looked at, for they came later: ${added.join(", ")}`;
  return {
    check: "files",
    outcome: wrong.length === 0 ? "passed" : "failed",
    says: wrong.length === 0 ? `${files} files have their checksums${beside}` : wrong.join(", "),
    value: found,
  };
}
