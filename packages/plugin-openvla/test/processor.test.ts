import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFrame } from "@vla-pruner/core";
import type { CameraFrame } from "@vla-pruner/core";
import { processFrames } from "@vla-pruner/prismatic";
import type { ImageProcessorConfig } from "@vla-pruner/prismatic";
import { readImageProcessor } from "@vla-pruner/prismatic/convert";
import { assertClose } from "../../core/test/support/close-to.ts";
import { readGolden } from "./support/golden.ts";
import { sharedPath } from "./support/shared-data.ts";
import { syntheticPicture } from "./support/synthetic-picture.ts";

interface ProcessorGolden {
  readonly normalize: ImageProcessorConfig["normalize"];
  readonly images: readonly {
    readonly file: string;
    readonly size: readonly [number, number];
    readonly pixelValues: {
      readonly shape: readonly number[];
      readonly indices: readonly number[];
      readonly values: readonly number[];
    };
  }[];
  readonly strategies: readonly {
    readonly strategy: string;
    readonly size: readonly [number, number];
    readonly sha256: readonly string[];
  }[];
}

const SIZE = 224;
const TOWERS = 2;
const golden = readGolden("image-processor") as ProcessorGolden;

describe("openvla image processor", () => {
  for (const image of golden.images) {
    it(`gives the official pixel values: ${image.file}`, async function () {
      const frame = image.file.startsWith("synthetic")
        ? syntheticPicture(...image.size)
        : await readFrame(sharedPath(this, `libero_observation/${image.file}`));
      const file = { tvf_normalize_params: golden.normalize };
      assertPixels(frame, readImageProcessor({}, file, SIZE, TOWERS), image.pixelValues);
    });
  }

  it("reads the statistics that count off the real preprocessor_config.json", function () {
    const file = JSON.parse(
      readFileSync(sharedPath(this, "openvla/preprocessor_config.json"), "utf8"),
    ) as unknown;
    const { normalize, strategy } = readImageProcessor({}, file, SIZE, TOWERS);
    assert.equal(strategy, "resize-naive");
    assert.deepEqual(
      normalize,
      golden.normalize.map(({ mean, std }) => ({ mean, std })),
    );
  });

  for (const { strategy, size, sha256 } of golden.strategies) {
    it(`makes the official square: ${strategy} of ${size.join(" × ")}`, () => {
      const config = readImageProcessor({ image_resize_strategy: strategy }, PLAIN, SIZE, TOWERS);
      const { data } = processFrames([syntheticPicture(...size)], config, false);
      const [first, second] = [
        toBytes(data.subarray(0, data.length / 2)),
        toBytes(data.subarray(data.length / 2)),
      ];
      assert.deepEqual([hash(first), hash(second)], sha256);
    });
  }
});

/** DINOv2 and SigLIP as the official class gets them, but with values that leave pixels as they are. */
const PLAIN = {
  means: [
    [0.485, 0.456, 0.406],
    [0.5, 0.5, 0.5],
  ],
  tvf_normalize_params: [
    { mean: [0, 0, 0], std: [1, 1, 1] },
    { mean: [0, 0, 0], std: [1, 1, 1] },
  ],
};

function assertPixels(
  frame: CameraFrame,
  config: ImageProcessorConfig,
  expected: ProcessorGolden["images"][number]["pixelValues"],
): void {
  const { data, dims } = processFrames([frame], config, false);
  assert.deepEqual(dims, expected.shape);
  assertClose(
    expected.indices.map((index) => data[index] ?? Number.NaN),
    expected.values,
    1e-6,
    "pixel_values",
  );
}

/** `[3, side, side]` in 0 … 1 → `[side, side, 3]` in 0 … 255. */
function toBytes(values: Float32Array): Uint8Array {
  const pixels = values.length / 3;
  return Uint8Array.from(values, (_, index) =>
    Math.round((values[(index % 3) * pixels + Math.floor(index / 3)] ?? 0) * 255),
  );
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
