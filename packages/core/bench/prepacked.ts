// What ONNX Runtime's saved prepacked weights would save: seconds of processor time and private memory of each load.
//
//     npx pnpm@12 example packages/core/bench/prepacked.ts models/q8/onnx/act_quantized.onnx
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";

const [, , graph = ""] = process.argv;
const folder = mkdtempSync(join(tmpdir(), "vla-pruner-prepacked-"));
const saved = join(folder, "saved.onnx");
const quiet = { force_spinning_stop: "1" };
const saving = {
  ...quiet,
  save_external_prepacked_constant_initializers: "1",
  optimized_model_external_initializers_file_name: "saved.data",
  optimized_model_external_initializers_min_size_in_bytes: "1024",
};

/** Megabytes that no other process shares. Linux only. */
function privateMegabytes(): number {
  const [, kilobytes = "0"] = /RssAnon:\s+(\d+)/u.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

async function measure(what: string, path: string, options: InferenceSession.SessionOptions): Promise<void> {
  const [before, memory] = [process.cpuUsage(), privateMegabytes()];
  const session = await InferenceSession.create(path, { logSeverityLevel: 4, ...options });
  const { user, system } = process.cpuUsage(before);
  const seconds = ((user + system) / 1e6).toFixed(2);
  console.log(
    `${what}: ${seconds} s of processor time, ${(privateMegabytes() - memory).toFixed(0)} MB private`,
  );
  await session.release();
}

try {
  await measure("as converted", graph, { extra: { session: quiet } });
  await measure("while saving", graph, { optimizedModelFilePath: saved, extra: { session: saving } });
  await measure("as saved", saved, { extra: { session: quiet } });
  const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  console.log(`saved files: ${(bytes / 1e6).toFixed(0)} MB`);
} finally {
  rmSync(folder, { recursive: true });
}
