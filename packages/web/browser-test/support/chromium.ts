import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The browser that tests run in; `null` where there is none. */
export const CHROMIUM: string | null =
  [process.env["VLA_PRUNER_CHROMIUM"], ...PLACES].find((path) => path !== undefined && existsSync(path)) ??
  null;

export const HOW_TO_GET_ONE =
  "no Chromium here: `apt-get install chromium`, or name one in VLA_PRUNER_CHROMIUM; all browser tests are skipped";

/** Starts it. WebGPU runs on the CPU, through SwiftShader, which is slow: the watchdog must not end it. */
export function launch(): Promise<Browser> {
  const webgpu = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--disable-gpu-watchdog"];
  return chromium.launch({
    ...(CHROMIUM !== null && { executablePath: CHROMIUM }),
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--enable-precise-memory-info", ...webgpu],
  });
}

/**
 * SwiftShader's subgroups are four wide, on which ONNX Runtime's attention computes wrongly (22 of 128 kept tokens).
 * Without the feature it takes another way. To be run in the page before anything else.
 */
export function hideSubgroups(): void {
  const { prototype } = globalThis.GPUAdapter ?? {};
  if (prototype === undefined) return;
  const own = Object.getOwnPropertyDescriptor(prototype, "features");
  Object.defineProperty(prototype, "features", {
    configurable: true,
    get(this: object) {
      const features = new Set(own?.get?.call(this) as Set<string>);
      features.delete("subgroups");
      features.delete("subgroup-size-control");
      return features;
    },
  });
}
