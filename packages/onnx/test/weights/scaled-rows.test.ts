import assert from "node:assert/strict";
import { ScaledRowsSource, scaledRows } from "../../src/weights/scaled-rows.ts";
import { noiseWeights } from "../support/noise.ts";

describe("ScaledRowsSource", () => {
  const plain = noiseWeights({ "a.weight": [4, 3], "a.bias": [4], scale: [4] });
  const source = new ScaledRowsSource(plain);
  const factors = plain.values("scale");

  it("multiplies each row of a matrix with its factor, from any place on", async () => {
    const name = scaledRows("a.weight", "scale");
    const whole = plain.values("a.weight").map((value, at) => value * (factors[Math.floor(at / 3)] ?? 0));
    assert.deepEqual(source.info(name)?.dims, [4, 3]);
    assert.deepEqual([...(await source.read(name, 0, 12))], whole.map(Math.fround));
    assert.deepEqual([...(await source.read(name, 4, 5))], whole.slice(4, 9).map(Math.fround));
  });

  it("multiplies a bias value by value, and leaves other tensors as they are", async () => {
    const bias = plain.values("a.bias");
    const scaled = await source.read(scaledRows("a.bias", "scale"), 1, 3);
    assert.deepEqual(
      [...scaled],
      [1, 2, 3].map((at) => Math.fround((bias[at] ?? 0) * (factors[at] ?? 0))),
    );
    assert.deepEqual([...(await source.read("a.bias", 0, 4))], bias);
  });
});
