import { spawn } from "node:child_process";
import { probeDevice } from "@vla-pruner/core";
import type { Device } from "@vla-pruner/core";
import { VlaPrunerError } from "@vla-pruner/format";
import type { SerializedError } from "@vla-pruner/format";

/** Whether a device works, how long it took in milliseconds, or what it lacks. */
export interface DeviceReport {
  readonly device: Device;
  readonly works: boolean;
  readonly open?: number;
  readonly run?: number;
  readonly problem?: SerializedError;
}

/** The command that examines one device in a process of its own. */
export const EXAMINE = "doctor-device";

/**
 * Tries a device, in a process of its own where there is a program to run: a driver that crashes must not take the
 * others along.
 */
export async function examineDevice(device: Device, program: string | null): Promise<DeviceReport> {
  if (program === null) return examineHere(device);
  const child = spawn(process.execPath, [...process.execArgv, program, EXAMINE, device], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [said, complained] = ["", ""];
  child.stdout.on("data", (words: Buffer) => (said += words.toString()));
  child.stderr.on("data", (words: Buffer) => (complained += words.toString()));
  const how = await new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const report = /^\{.*\}$/mu.exec(said)?.[0];
  if (report !== undefined) return JSON.parse(report) as DeviceReport;
  const problem = new VlaPrunerError("device-unavailable", {
    expected: `${device}: a process that tries it and lives`,
    found: `${how}: ${complained.trim().split("\n").at(-1) ?? "no word"}`,
    fix: "update the driver, or choose another device",
  });
  return { device, works: false, problem: problem.toJSON() };
}

/** Tries a device in this process. */
export async function examineHere(device: Device): Promise<DeviceReport> {
  try {
    return { device, works: true, ...(await probeDevice(device)) };
  } catch (error) {
    if (!VlaPrunerError.is(error)) throw error;
    return { device, works: false, problem: error.toJSON() };
  }
}
