import { spawnSync } from "node:child_process";

/** NVIDIA cards and their driver, in words; none where nobody knows of any. */
export function nvidiaCards(): string[] {
  const asked = ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"];
  const { status, stdout } = spawnSync("nvidia-smi", asked, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 10_000,
  });
  if (status !== 0) return [];
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.split(", "))
    .map(([name, driver, memory]) => `${name}, driver ${driver}, ${memory}`);
}
