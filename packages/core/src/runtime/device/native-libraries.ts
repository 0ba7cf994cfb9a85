import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { env } from "onnxruntime-node";

/** ONNX Runtime on this machine. */
export interface NativeRuntime {
  readonly version: string;
  /** Where its libraries are. */
  readonly folder: string;
}

export function nativeRuntime(): NativeRuntime {
  return { version: env.versions.node ?? "unknown", folder: runtimeFolder() };
}

/** The folder of ONNX Runtime's native libraries on this machine. */
export function runtimeFolder(): string {
  const main = createRequire(import.meta.url).resolve("onnxruntime-node");
  return join(dirname(dirname(main)), "bin", "napi-v6", process.platform, process.arch);
}

/** Those of some files that a folder has not. */
export function missingFiles(folder: string, files: readonly string[]): string[] {
  return files.filter((file) => !existsSync(join(folder, file)));
}

/** Libraries that the loader does not find for a library, by name; none where nobody can tell. Runs nothing of it. */
export function missingDependencies(library: string): string[] {
  const { stdout } = spawnSync("ldd", [library], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return [...(stdout ?? "").matchAll(/^\s*(\S+) => not found$/gmu)].map(([, name = ""]) => name);
}

/** What the loader says of a library that it does not find; `null` where it does. */
export function loaderComplaint(library: string): string | null {
  try {
    process.dlopen({ exports: {} }, library);
    return null;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return /cannot open shared object file|no such file/iu.test(words) ? words : null; // Else it is no addon, as expected.
  }
}
