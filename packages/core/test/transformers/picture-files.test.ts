import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "@vla-pruner/core/testing";
import { readFrame } from "../../src/index.ts";
import { toRgb } from "../../src/adapter/index.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** The decoder beneath transformers.js, which also writes pictures. */
interface Encoder {
  toColourspace(space: string): Encoder;
  ensureAlpha(alpha: number): Encoder;
  withMetadata(metadata: { orientation: number }): Encoder;
  png(options?: { palette?: boolean }): Encoder;
  jpeg(options: { quality: number }): Encoder;
  toBuffer(): Promise<Buffer>;
}
type MakeEncoder = (
  data: Buffer,
  options: { raw: { width: number; height: number; channels: number } },
) => Encoder;

const { resolve } = createRequire(import.meta.url);
const sharp = createRequire(resolve("@huggingface/transformers"))("sharp") as MakeEncoder;

/** Four by two pixels, each of a colour of its own. */
const COLOURS = Buffer.from(Array.from({ length: 24 }, (_, index) => index * 10));

/** Grey and alpha, one pixel: what sharp itself does not write. */
const GREY_WITH_ALPHA =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR4AWOIagAAATcA24VlSUMAAAAASUVORK5CYII=";

async function decoded(name: string, write: (encoder: Encoder) => Encoder): Promise<readonly number[]> {
  const path = join(await temporaryFolder(), name);
  const raw = { width: 4, height: 2, channels: 3 };
  await writeFile(path, await write(sharp(COLOURS, { raw })).toBuffer());
  const frame = await readFrame(path);
  const { data, width, height } = toRgb(frame);
  return [width, height, ...data];
}

describe("picture files", () => {
  it("decodes a picture as a viewer shows it: 16 bits, a palette, alpha, turned by EXIF", async () => {
    const plain = [4, 2, ...COLOURS];
    assert.deepEqual(await decoded("a.png", (encoder) => encoder.png()), plain);
    assert.deepEqual(await decoded("b.png", (encoder) => encoder.toColourspace("rgb16").png()), plain);
    assert.deepEqual(await decoded("c.png", (encoder) => encoder.png({ palette: true })), plain);
    assert.deepEqual(await decoded("d.png", (encoder) => encoder.ensureAlpha(0.5).png()), plain);
    const turned = await decoded("e.jpg", (encoder) =>
      encoder.withMetadata({ orientation: 6 }).jpeg({ quality: 100 }),
    );
    assert.deepEqual(turned.slice(0, 2), [2, 4]);
  });

  it("refuses a grey picture with alpha, by that name", async () => {
    const path = join(await temporaryFolder(), "grey.png");
    await writeFile(path, Buffer.from(GREY_WITH_ALPHA, "base64"));
    await assert.rejects(
      readFrame(path),
      (error) => hasCode("image-invalid")(error) && /grey picture with alpha/u.test(String(error)),
    );
  });
});
