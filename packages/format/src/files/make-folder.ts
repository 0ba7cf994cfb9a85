import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those above it that are missing, one after the other: Node's own `recursive` never returns where
 * the system has no such place, below `/proc` for example.
 *
 * @throws the system's error
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  let at = resolve(path);
  while (!existsSync(at)) {
    missing.push(at);
    at = dirname(at);
  }
  if (missing.length === 0 && !statSync(at).isDirectory()) mkdirSync(at); // says what is in its place
  for (const folder of missing.toReversed()) makeOne(folder);
}

/** Another process may have been faster. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!existsSync(folder) || !statSync(folder).isDirectory()) throw error;
  }
}
