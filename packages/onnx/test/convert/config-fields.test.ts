import assert from "node:assert/strict";
import { checkFields, ignoredFields, readFields } from "../../src/convert/config-fields.ts";
import type { ConfigFields } from "../../src/convert/config-fields.ts";
import { TRANSFORMERS_FIELDS } from "../../src/convert/transformers-fields.ts";

const FIELDS: ConfigFields = {
  ...readFields("size"),
  ...ignoredFields("a name", "name"),
  kind: { only: ["plain", ["a", 1]], fix: "take a plain one" },
  off: { only: [] },
  inner: { fields: { depth: { only: [1] } } },
};
const check = (config: Record<string, unknown>): string[] => checkFields(config, FIELDS, "config.json");

describe("fields of a config", () => {
  it("pass when the table knows them", () => {
    assert.deepEqual(check({ size: 3, name: "x", kind: "plain", inner: { depth: 1 } }), []);
    assert.deepEqual(check({ kind: ["a", 1] }), []);
  });

  it("are warned of by name and value when it does not, at every depth", () => {
    const warnings = check({ other: 7, inner: { more: true } });
    assert.match(warnings[0] ?? "", /the field other \(7\) is not known/u);
    assert.match(warnings[1] ?? "", /the field inner\.more \(true\)/u);
  });

  it("that are null are as if they were not there", () => {
    assert.deepEqual(check({ off: null, other: null, inner: null }), []);
  });

  for (const [config, says] of [
    [{ kind: "odd" }, /kind "plain" or \["a",1\], found "odd"; take a plain one/u],
    [{ off: 0 }, /off absent, found 0/u],
    [{ inner: { depth: 2 } }, /inner\.depth 1, found 2/u],
    [{ inner: 3 }, /inner "an object", found 3/u],
  ] as const) {
    it(`are refused with a value that is not supported: ${JSON.stringify(config)}`, () => {
      assert.throws(() => check(config), says);
    });
  }

  it("do not take what every object inherits for a rule", () => {
    assert.equal(check({ constructor: 1, toString: 2 }).length, 2);
  });

  it("of transformers refuse quantised weights by name", () => {
    const config = { quantization_config: { quant_method: "gptq" } };
    assert.throws(
      () => checkFields(config, TRANSFORMERS_FIELDS, "config.json"),
      /quantization_config.*gptq.*dequantise/u,
    );
  });
});
