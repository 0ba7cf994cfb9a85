import { readFrame } from "@vla-pruner/core";
import type { CameraFrame } from "@vla-pruner/core";
import { refused } from "../codec/refused.ts";
import type { Picture } from "../codec/unpack.ts";

/** Pixels of a picture at most: a small file may claim to be a huge one. */
const PIXELS = 64 << 20;

/**
 * A picture out of the bytes of a PNG or JPEG file. Its size is read first: what is too large is not decoded.
 *
 * @throws `observation-invalid`
 */
export async function readPicture({ bytes }: Picture, name: string): Promise<CameraFrame> {
  const size = sizeOf(bytes);
  if (size === null) throw refused(`${name}: a PNG or JPEG file`, "other bytes", "send the file as it is");
  if (size.width * size.height > PIXELS || size.width * size.height === 0)
    throw refused(
      `${name}: a picture of 1 to ${PIXELS} pixels`,
      `${size.width} × ${size.height}`,
      "send a smaller one",
    );
  try {
    return await readFrame(new Blob([new Uint8Array(bytes)]));
  } catch {
    throw refused(`${name}: a PNG or JPEG file`, "one that cannot be decoded", "send it again");
  }
}

function sizeOf(bytes: Uint8Array): { readonly width: number; readonly height: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 26) return null;
  if (view.getUint32(0) === 0x89_50_4e_47) return { width: view.getUint32(16), height: view.getUint32(20) };
  if (view.getUint16(0) !== 0xff_d8) return null;
  // JPEG: segments of a marker and a length, up to the one that starts a frame.
  for (let at = 2; at + 9 < bytes.length; at += 2 + view.getUint16(at + 2)) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    const start = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (start) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
  }
  return null;
}
