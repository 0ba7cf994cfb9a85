import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";

/**
 * Writes a file under another name and gives it its own when it is whole: whatever stops it, a full disk or a kill,
 * the file is the old one or the new one. What is no plain file, `/dev/stdout` for example, is written to directly.
 *
 * @throws the system's error; nothing is left then
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const there = existsSync(path);
  if (there && !statSync(path).isFile()) return writeFileSync(path, content);
  const target = there ? realpathSync(path) : path;
  const partial = `${target}.partial-${randomUUID()}`;
  try {
    const file = openSync(partial, "wx");
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}
