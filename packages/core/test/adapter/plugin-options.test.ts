import assert from "node:assert/strict";
import { checkPluginOptions } from "../../src/adapter/index.ts";
import type { PluginOptions } from "../../src/index.ts";
import { hasCode } from "../../src/testing/index.ts";

describe("options of a plugin", () => {
  it("are the common ones and its own", () => {
    checkPluginOptions("mine", { unnormKey: "bridge", centerCrop: true, seed: 1 });
    checkPluginOptions("mine", { steps: 5 } as PluginOptions, ["steps"]);
  });

  it("are refused by name otherwise", () => {
    for (const options of [{ unnormkey: "bridge" }, { centercrop: true }, { step: 1 }]) {
      assert.throws(
        () => checkPluginOptions("mine", options as PluginOptions, ["steps"]),
        (error) => hasCode("invalid-option")(error) && String(error).includes(Object.keys(options)[0] ?? "?"),
      );
    }
  });
});
