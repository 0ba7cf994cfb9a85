import assert from "node:assert/strict";
import fc from "fast-check";
import { checkOptions, VlaPrunerError } from "../src/index.ts";

const KNOWN = ["retention", "window", "unseen"];

function refusalOf(name: string, known: readonly string[] = KNOWN, retired = {}): VlaPrunerError {
  try {
    checkOptions("vlaPruner", { [name]: 1 }, known, retired);
  } catch (error) {
    if (VlaPrunerError.is(error, "invalid-option")) return error;
    throw error;
  }
  return assert.fail(`${name} is taken`);
}

describe("checkOptions", () => {
  it("takes what is known, and nothing at all", () => {
    checkOptions("vlaPruner", { retention: 0.25, window: undefined }, KNOWN);
    checkOptions("vlaPruner", undefined, KNOWN);
    checkOptions("vlaPruner", {}, []);
  });

  it("names the option, those that there are, and the one that was meant", () => {
    const { expected, found, fix } = refusalOf("retenton");
    assert.equal(expected, "options of vlaPruner: retention, window, unseen");
    assert.equal(found, "retenton");
    assert.equal(fix, "write retention");
    for (const slip of ["retentoin", "Retention", "retentions"])
      assert.equal(refusalOf(slip).fix, "write retention");
  });

  it("suggests nothing where nothing is near", () => {
    assert.equal(refusalOf("seed").fix, "leave it out");
    assert.equal(refusalOf("seed", []).fix, "leave it out");
    assert.equal(refusalOf("constructor").fix, "leave it out");
  });

  it("says what became of names that are retired", () => {
    assert.equal(refusalOf("adapter", KNOWN, { adapter: "plugins: [...]" }).fix, "write plugins: [...]");
  });

  it("suggests a known name for every single slip of the hand, and never an unknown one", () => {
    const slip = fc.record({
      name: fc.constantFrom(...KNOWN),
      at: fc.nat(5),
      letter: fc.constantFrom("q", "z", "j"),
    });
    fc.assert(
      fc.property(slip, ({ name, at, letter }) => {
        for (const typed of [
          name.slice(0, at) + name.slice(at + 1),
          name.slice(0, at) + letter + name.slice(at),
        ])
          assert.equal(refusalOf(typed).fix, `write ${name}`);
      }),
    );
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (name) => {
        fc.pre(!KNOWN.includes(name) && name !== "__proto__");
        assert.ok(["leave it out", ...KNOWN.map((known) => `write ${known}`)].includes(refusalOf(name).fix));
      }),
    );
  });
});
