import { join } from "node:path";
import { VlaPrunerError } from "@vla-pruner/format";
import type { ErrorDetails } from "@vla-pruner/format";
import { listSupportedBackends } from "onnxruntime-node";
import { executionProviders } from "../devices.ts";
import type { Device } from "../devices.ts";
import { loaderComplaint, missingDependencies, missingFiles, runtimeFolder } from "./native-libraries.ts";

const SHARED = "libonnxruntime_providers_shared.so";
const RECIPE = "docs/recipes/gpu.md tells how";

/**
 * Refuses a device whose libraries are not on this machine, before ONNX Runtime is asked and complains in its own way.
 *
 * @throws `device-unavailable`
 */
export function requireLibraries(device: Device): void {
  const known = listSupportedBackends().map(({ name }) => name);
  if (executionProviders(device).some((name) => !known.includes(name))) {
    throw unavailable(device, {
      expected: `a device that ONNX Runtime has on ${process.platform} ${process.arch}: ${known.join(", ")}`,
      found: device,
      fix: "choose one of these; wasm is for browsers",
    });
  }
  if (process.platform !== "linux") return;
  if (device === "webgpu") requireVulkan();
  if (!executionProviders(device).includes("cuda")) return;
  const folder = runtimeFolder();
  const [missing] = missingFiles(folder, [SHARED, ...providers(device)]);
  if (missing === undefined) return;
  throw unavailable(device, {
    expected: `${missing} in ${folder}`,
    found: "none: it comes with onnxruntime-node's install script, not with its package",
    fix: `run \`node ${join(folder, "..", "..", "..", "..", "script", "install.js")} --onnxruntime-node-install=cuda12\`; without a network, ${RECIPE}`,
  });
}

/** Why a device whose libraries are there does not come up. */
export function whyNot(device: Device, cause: unknown): VlaPrunerError {
  const folder = runtimeFolder();
  const missing = providers(device).flatMap((file) => missingDependencies(join(folder, file)));
  if (missing.length > 0) {
    return unavailable(device, {
      expected: `the libraries that ${providers(device).join(" and ")} need`,
      found: `no ${[...new Set(missing)].join(", ")}`,
      fix: `install them and name their folders in LD_LIBRARY_PATH; ${RECIPE}`,
      cause,
    });
  }
  return unavailable(device, {
    expected: `a device ${device} that runs a graph of one product`,
    found: firstWords(cause),
    fix: `check the driver (\`vla-pruner doctor\` shows what is there), or choose another device; ${RECIPE}`,
    cause,
  });
}

function requireVulkan(): void {
  const complaint = loaderComplaint("libvulkan.so.1");
  if (complaint === null) return;
  throw unavailable("webgpu", {
    expected: "libvulkan.so.1, through which WebGPU reaches the GPU",
    found: complaint,
    fix: `install the Vulkan loader (Debian, Ubuntu: libvulkan1) and the driver of your GPU; ${RECIPE}`,
  });
}

function providers(device: Device): string[] {
  const asked = executionProviders(device);
  if (!asked.includes("cuda")) return [];
  return asked.map((name) => `libonnxruntime_providers_${name}.so`);
}

/** ONNX Runtime tells where in its sources something went wrong, then what. */
function firstWords(cause: unknown): string {
  const words = cause instanceof Error ? cause.message : String(cause);
  return words
    .replaceAll(/\s+/gu, " ")
    .replace(/^.*\bwas false\. /u, "")
    .trim()
    .slice(0, 300);
}

function unavailable(device: Device, { expected, ...details }: ErrorDetails): VlaPrunerError {
  return new VlaPrunerError("device-unavailable", { expected: `${device}: ${expected}`, ...details });
}
