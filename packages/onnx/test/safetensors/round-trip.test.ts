import assert from "node:assert/strict";
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { SafetensorsCheckpoint } from "../../src/safetensors/checkpoint.ts";
import { writeSafetensors } from "../../src/safetensors/write-checkpoint.ts";
import type { StoredType } from "../../src/safetensors/write-checkpoint.ts";
import { float16Value } from "@vla-pruner/format";
import { float16Bits } from "../../src/weights/float16.ts";
import { openHandles } from "../support/checkpoint-files.ts";
import { noiseWeights } from "../support/noise.ts";
import { withFolder } from "../support/temporary-folder.ts";

const source = noiseWeights({ matrix: [5, 7], vector: [3], scalar: [], "picture.kernel": [2, 3, 2, 2] });

/** Nearest bfloat16, ties to even: for numbers of ordinary size, by arithmetic. */
function bfloat16(value: number): number {
  if (value === 0) return value;
  const step = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 7);
  const floor = Math.floor(value / step);
  const rest = value / step - floor;
  return (rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor) * step;
}

const STORED: Readonly<Record<StoredType, (value: number) => number>> = {
  F32: (value) => value,
  F16: (value) => float16Value(float16Bits(value)),
  BF16: bfloat16,
};

describe("safetensors round trip", () => {
  for (const [type, stored] of Object.entries(STORED)) {
    it(`${type}: names, dims and values come back, whole and in pieces`, async () => {
      await withFolder(async (folder) => {
        await writeSafetensors(join(folder, "model.safetensors"), source, source.names, type as StoredType);
        const checkpoint = await SafetensorsCheckpoint.open(folder);
        assert.deepEqual(checkpoint.names, source.names);
        for (const name of source.names) {
          const dims = source.info(name)?.dims ?? [];
          assert.deepEqual(checkpoint.info(name), { dtype: type, dims });
          const expected = source.values(name).map(stored);
          assert.deepEqual([...(await checkpoint.read(name, 0, expected.length))], expected);
          const pieces: number[] = [];
          for (let start = 0; start < expected.length; start += 3) {
            pieces.push(...(await checkpoint.read(name, start, Math.min(3, expected.length - start))));
          }
          assert.deepEqual(pieces, expected);
        }
        await checkpoint.close();
        assert.deepEqual((await openHandles(folder)) ?? [], []);
      });
    });
  }

  it("keeps infinities, NaN and the largest numbers of bfloat16", async () => {
    await withFolder(async (folder) => {
      const values = Float32Array.of(
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        Number.NaN,
        3.3895313892515355e38,
        -0,
      );
      const odd = noiseWeights({ odd: [5] });
      odd.read = async () => values;
      await writeSafetensors(join(folder, "model.safetensors"), odd, ["odd"], "BF16");
      const checkpoint = await SafetensorsCheckpoint.open(folder);
      assert.deepEqual(await checkpoint.read("odd", 0, 5), values);
      await checkpoint.close();
    });
  });

  it("data begins on 8 bytes, as other readers want it", async () => {
    await withFolder(async (folder) => {
      for (const names of [["matrix"], ["matrix", "vector"], source.names]) {
        const path = join(folder, "model.safetensors");
        await writeSafetensors(path, source, names, "F32");
        assert.equal(Number((await readFile(path)).readBigUInt64LE()) % 8, 0);
      }
    });
  });

  it("what is not in the checkpoint has no info and cannot be read", async () => {
    await withFolder(async (folder) => {
      await writeSafetensors(join(folder, "model.safetensors"), source, ["vector"], "F32");
      const checkpoint = await SafetensorsCheckpoint.open(folder);
      assert.equal(checkpoint.info("matrix"), undefined);
      await assert.rejects(checkpoint.read("matrix", 0, 1), { code: "tensor-missing" });
      await checkpoint.close();
    });
  });
});
