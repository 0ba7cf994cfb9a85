import { readdirSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "..", "frames");

/** What the robot is told in every example. */
export const INSTRUCTION = "put the bowl on the plate";

/** Paths of the drawn camera frames, in the order in which they were taken. */
export const FRAMES: readonly string[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".png"))
  .toSorted()
  .map((name) => join(FOLDER, name));
