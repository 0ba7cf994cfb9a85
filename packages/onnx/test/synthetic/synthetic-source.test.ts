import assert from "node:assert/strict";
import fc from "fast-check";
import { hashNoise, nameHash } from "../../src/synthetic/hash-noise.ts";
import { SyntheticSource } from "../../src/synthetic/synthetic-source.ts";
import type { SyntheticTensor } from "../../src/synthetic/synthetic-source.ts";
import { average } from "../support/reference.ts";

const TENSORS: ReadonlyMap<string, SyntheticTensor> = new Map([
  ["layer.weight", { dims: [100, 400] }],
  ["layer.bias", { dims: [20_000] }],
  ["norm.weight", { dims: [20_000], mean: 1, deviation: 0.1 }],
  ["kernel", { dims: [100, 3, 5, 5] }],
]);

const GOLDEN = {
  hash: 3_596_661_128,
  noise: [0.4072605073451996, -0.347009539604187, 0.47263941168785095, 0.8472569584846497],
  weight: [0.03526979312300682, -0.030051907524466515, 0.04093177244067192],
  norm: [0.9958241581916809, 1.0172942876815796, 0.9335277080535889],
};

async function all(name: string, seed = 0): Promise<number[]> {
  const source = new SyntheticSource(TENSORS, seed);
  const size = (source.info(name)?.dims ?? []).reduce((product, dim) => product * dim, 1);
  return [...(await source.read(name, 0, size))];
}

function noise(name: string, seed: number): number[] {
  return [...hashNoise(nameHash(name, seed), 0, 1000)];
}

describe("SyntheticSource", () => {
  // Shipped checkpoints and recorded results are made of these numbers: they must never change.
  it("golden values", async () => {
    assert.equal(nameHash("layer.weight", 0), GOLDEN.hash);
    assert.deepEqual([...hashNoise(GOLDEN.hash, 0, 4)], GOLDEN.noise);
    assert.deepEqual((await all("layer.weight")).slice(0, 3), GOLDEN.weight);
    assert.deepEqual((await all("norm.weight", 7)).slice(0, 3), GOLDEN.norm);
  });

  it("knows names and dims, in order", () => {
    const source = new SyntheticSource(TENSORS);
    assert.deepEqual(source.names, [...TENSORS.keys()]);
    assert.deepEqual(source.info("kernel"), { dtype: "F32", dims: [100, 3, 5, 5] });
    assert.equal(source.info("absent"), undefined);
  });

  it("what it does not have cannot be read", async () => {
    await assert.rejects(new SyntheticSource(TENSORS).read("absent", 0, 1), { code: "tensor-missing" });
  });

  it("read in pieces it is the same as at once", async () => {
    const whole = await all("layer.bias");
    const cuts = fc
      .array(fc.nat(whole.length), { maxLength: 6 })
      .map((points) => [0, ...points.toSorted((a, b) => a - b), whole.length]);
    await fc.assert(
      fc.asyncProperty(cuts, async (points) => {
        const source = new SyntheticSource(TENSORS);
        const pieces: number[] = [];
        for (const [index, end] of points.slice(1).entries()) {
          const start = points[index] ?? 0;
          for (const value of await source.read("layer.bias", start, end - start)) pieces.push(value);
        }
        assert.deepEqual(pieces, whole);
      }),
      { numRuns: 10 },
    );
  });

  it("the same seed gives the same values, another seed or name others", async () => {
    assert.deepEqual(noise("a", 3), noise("a", 3));
    const streams = [
      noise("a", 0),
      noise("a", 1),
      noise("b", 0),
      noise("aa", 0),
      noise("layers.1.a", 0),
      noise("layers.11.a", 0),
    ];
    for (const [index, one] of streams.entries()) {
      for (const other of streams.slice(index + 1)) {
        const product = average(one.map((value, place) => value * (other[place] ?? 0)));
        assert.ok(Math.abs(product) < 0.06, `correlation ${3 * product}`); // five deviations of chance
      }
    }
  });

  it("values have the mean and the deviation that were asked for", async () => {
    const wanted = {
      "layer.weight": [0, 1 / Math.sqrt(400)],
      "layer.bias": [0, 0.02],
      "norm.weight": [1, 0.1],
      kernel: [0, 1 / Math.sqrt(75)],
    };
    for (const [name, [mean = 0, deviation = 0]] of Object.entries(wanted)) {
      const values = await all(name);
      const centre = average(values);
      const spread = Math.sqrt(average(values.map((value) => (value - centre) ** 2)));
      assert.ok(Math.abs(centre - mean) < 0.06 * deviation, `${name}: mean ${centre}`);
      assert.ok(Math.abs(spread - deviation) < 0.03 * deviation, `${name}: deviation ${spread}`);
    }
  });
});
