import assert from "node:assert/strict";
import fc from "fast-check";
import { VlaPrunerError } from "../src/index.ts";

const text = fc.string();
const parts = fc.record({ expected: text, found: text, fix: text });

describe("an error that crosses a border", () => {
  it("is the same on the other side of structuredClone and JSON: code, words, message and marker", () => {
    fc.assert(
      fc.property(parts, (details) => {
        const error = new VlaPrunerError("model-invalid", details);
        for (const crossed of [
          structuredClone(error.toJSON()),
          JSON.parse(JSON.stringify(error)) as unknown,
        ]) {
          const arrived = VlaPrunerError.from(crossed);
          assert.ok(VlaPrunerError.is(arrived, "model-invalid"));
          assert.deepEqual(arrived.toJSON(), error.toJSON());
          assert.equal(arrived.message, error.message);
        }
      }),
    );
  });

  it("takes its causes along: errors of ours as they are, others by what they say", () => {
    const details = { expected: "a", found: "b", fix: "c" };
    const foreign = new VlaPrunerError("session-failed", { ...details, cause: new TypeError("broken") });
    const outer = VlaPrunerError.from(
      structuredClone(new VlaPrunerError("cancelled", { ...details, cause: foreign }).toJSON()),
    );
    assert.ok(VlaPrunerError.is(outer?.cause, "session-failed"));
    assert.ok(outer.cause.cause instanceof Error && !VlaPrunerError.is(outer.cause.cause));
    assert.equal(outer.cause.cause.message, "broken");
    assert.equal("cause" in new VlaPrunerError("cancelled", details).toJSON(), false);
  });

  it("is none that was none before", () => {
    const good = new VlaPrunerError("usage", { expected: "a", found: "b", fix: "c" }).toJSON();
    const foreign = [
      new Error("x"),
      structuredClone(new Error("x")),
      null,
      undefined,
      "x",
      7,
      [],
      {},
      () => good,
    ];
    for (const value of [
      ...foreign,
      { ...good, name: "Error" },
      { ...good, code: 7 },
      { ...good, fix: undefined },
    ])
      assert.equal(VlaPrunerError.from(value), null);
    fc.assert(fc.property(fc.anything(), (value) => VlaPrunerError.from(value) === null));
    const error = new VlaPrunerError("usage", good);
    assert.equal(VlaPrunerError.from(error), error);
  });
});
