import { spawnSync } from "node:child_process";

/** Bytes in use. */
export interface MemoryUse {
  /** Of this process, in memory: weights that are mapped count where they were read. */
  readonly process: number;
  /** Of all NVIDIA cards together, by whomever; `null` without one, or where the device is not on it. */
  readonly cards: number | null;
}

export function memoryUse(device: string): MemoryUse {
  return { process: process.memoryUsage.rss(), cards: device === "cpu" ? null : cardMemory() };
}

function cardMemory(): number | null {
  const asked = ["--query-gpu=memory.used", "--format=csv,noheader,nounits"];
  const { status, stdout } = spawnSync("nvidia-smi", asked, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 10_000,
  });
  if (status !== 0) return null;
  return stdout
    .trim()
    .split("\n")
    .reduce((sum, mebibytes) => sum + Number(mebibytes) * 2 ** 20, 0);
}
