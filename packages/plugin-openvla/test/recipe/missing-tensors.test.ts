import assert from "node:assert/strict";
import { hasCode } from "@vla-pruner/core/testing";
import type { TensorSource } from "@vla-pruner/onnx/convert";
import { openvlaRecipe } from "../../src/convert.ts";
import { editedSource } from "../support/edited-source.ts";
import { fixtureNamed } from "../support/fixtures.ts";
import { fixtureWeights } from "../support/openvla-fixture.ts";

const fixture = fixtureNamed("grouped-query");
const { config, options } = fixture;
const weights = fixtureWeights(fixture);

/** Tensors whose results nothing reads. Of the last block, one must be there: it tells the tower's depth. */
const UNUSED = /featurizer\.(blocks\.2\.(?!mlp\.fc2\.bias)|norm\.)/u;

/** Their absence means another tower: a shallower one, or one without such tokens. */
const TELLING = /blocks\.2\.mlp\.fc2\.bias|cls_token|reg_token/u;

describe("openvla checkpoint", () => {
  it("converts whole, and without the towers' unused ends", () => {
    plan(weights);
    const unused = weights.names.filter((name) => UNUSED.test(name));
    assert.ok(unused.length > 10);
    plan(editedSource(weights, Object.fromEntries(unused.map((name) => [name, null]))));
  });

  it("is refused when any one tensor is missing", () => {
    const needed = weights.names.filter((name) => !UNUSED.test(name) && !TELLING.test(name));
    assert.ok(needed.length > 80);
    for (const name of needed) {
      assert.throws(() => plan(editedSource(weights, { [name]: null })), hasCode("tensor-missing"), name);
    }
  });

  it("is refused when a whole layer is missing that the config promises", () => {
    const layer = weights.names.filter((name) => name.includes("layers.5."));
    const edits = Object.fromEntries(layer.map((name) => [name, null]));
    assert.throws(() => plan(editedSource(weights, edits)), hasCode("tensor-missing"));
  });

  it("is refused when any matrix of the decoder has another shape", () => {
    const matrices = weights.names.filter(
      (name) => name.startsWith("language_model") && weights.info(name)?.dims.length === 2,
    );
    for (const name of matrices) {
      const [rows = 0, columns = 0] = weights.info(name)?.dims ?? [];
      assert.throws(() => plan(editedSource(weights, { [name]: [rows, columns + 2] })), refused, name);
      assert.throws(() => plan(editedSource(weights, { [name]: [rows - 1, columns] })), refused, name);
    }
  });

  it("is recognised by its model_type alone", () => {
    assert.ok(openvlaRecipe.matches({ model_type: "openvla" }));
    assert.ok(!openvlaRecipe.matches({ model_type: "prismatic" }) && !openvlaRecipe.matches({}));
  });
});

function plan(checkpoint: TensorSource): void {
  openvlaRecipe.plan({ config, files: {}, checkpoint, floatType: "float32", options });
}

/** A wrong shape is found by a graph, or before that where other sizes are read off it. */
function refused(error: unknown): boolean {
  return hasCode("tensor-shape")(error) || hasCode("config-invalid")(error);
}
