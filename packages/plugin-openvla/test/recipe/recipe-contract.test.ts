import assert from "node:assert/strict";
import { checkFields, SyntheticSource } from "@vla-pruner/onnx/convert";
import type { CheckpointConfig, ConversionPlan } from "@vla-pruner/onnx/convert";
import { recipeContract } from "@vla-pruner/onnx/testing";
import { hasCode } from "@vla-pruner/core/testing";
import { openvlaRecipe } from "../../src/convert.ts";
import { readFileSync } from "node:fs";
import { sharedPath } from "../support/shared-data.ts";
import { fixtureNamed } from "../support/fixtures.ts";

const { config } = fixtureNamed("grouped-query");
const text = config["text_config"] as CheckpointConfig;
const { fields = {} } = openvlaRecipe;

describe("the recipe of openvla", () => {
  for (const [name, check] of Object.entries(recipeContract)) {
    it(name, () => check({ recipe: openvlaRecipe, config }));
  }

  it("reads LayerScale under all its names", () => {
    for (const part of ["gamma", "weight", "scale_factor"]) {
      const name = `vision_backbone.featurizer.blocks.0.ls1.${part}`;
      const own = "vision_backbone.featurizer.blocks.0.ls1.scale_factor";
      assert.equal(openvlaRecipe.sanitize?.(name, [name]), own);
    }
    const norm = "vision_backbone.featurizer.blocks.0.norm1.weight";
    assert.equal(openvlaRecipe.sanitize?.(norm, [norm]), norm);
  });
});

describe("a config of openvla", () => {
  it("of the real checkpoint passes without a warning", function () {
    const real = readFileSync(sharedPath(this, "openvla/config.json"), "utf8");
    assert.deepEqual(checkFields(JSON.parse(real) as CheckpointConfig, fields, "config.json"), []);
  });

  for (const [what, change] of Object.entries<CheckpointConfig>({
    "another text model": { text_config: { ...text, model_type: "mistral" } },
    "scaled rotary positions": { text_config: { ...text, rope_scaling: { type: "linear", factor: 2 } } },
    "scaled rotary positions in their new place": {
      text_config: { ...text, rope_parameters: { rope_type: "yarn", rope_theta: 10_000 } },
    },
    "biases in the MLP": { text_config: { ...text, mlp_bias: true } },
    "quantised weights": { quantization_config: { quant_method: "bitsandbytes" } },
    "another language model": { llm_backbone_id: "phi-2-3b" },
    "a projector of another kind": { arch_specifier: "no-align+linear" },
    "several pictures, which only openvla-oft has": { num_images_in_input: 2 },
  })) {
    it(`with ${what} is refused, and named`, () => {
      assert.throws(
        () => checkFields({ ...config, ...change }, fields, "config.json"),
        (error) => {
          const [key = ""] = Object.keys(change);
          return hasCode("config-invalid")(error) && (error as Error).message.includes(key);
        },
      );
    });
  }

  it("may have rope_theta in either place, but not two of them", () => {
    const { rope_theta: theta, ...rest } = text;
    const place = (parameters: object): CheckpointConfig => ({
      ...config,
      text_config: { ...rest, ...parameters },
    });
    assert.equal(
      planned(place({ rope_parameters: { rope_theta: theta, rope_type: "default" } })),
      planned(config),
    );
    assert.notEqual(planned(place({ rope_theta: 10_000 })), planned(config));
    const two = place({ rope_theta: 10_000, rope_parameters: { rope_theta: theta } });
    assert.throws(() => planned(two), hasCode("config-invalid"));
  });
});

/** The rotary tables that a config leads to, as text. */
function planned(changed: CheckpointConfig): string {
  const checkpoint = new SyntheticSource(openvlaRecipe.tensors(config));
  const plan: ConversionPlan = openvlaRecipe.plan({
    config: changed,
    files: {},
    checkpoint,
    floatType: "float32",
    options: {},
  });
  const computed = plan.sessions["prefill_head"]?.graph.weights.flatMap(({ plan: weight }) =>
    weight.kind === "computed" ? [Array.from(weight.values.subarray(0, 64))] : [],
  );
  assert.ok((computed?.length ?? 0) > 0);
  return JSON.stringify(computed);
}
