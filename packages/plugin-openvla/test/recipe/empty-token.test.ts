import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import { readEmptyToken } from "@vla-pruner/prismatic/convert";

describe("empty_token_id", () => {
  it("is OpenVLA's own where the config is silent", () => {
    assert.equal(readEmptyToken({}, 32_064), 29_871);
  });

  it("is read from the config", () => {
    assert.equal(readEmptyToken({ empty_token_id: 703 }, 1024), 703);
  });

  for (const id of [1024, -1, 1.5, "703"]) {
    it(`is refused where it is no token: ${JSON.stringify(id)}`, () => {
      assert.throws(() => readEmptyToken({ empty_token_id: id }, 1024), hasCode("config-invalid"));
    });
  }
});
