import assert from "node:assert/strict";
import { checkTensors } from "../../src/convert/strict-tensors.ts";
import type { UnneededTensors } from "../../src/convert/strict-tensors.ts";
import { refuseForeign } from "../../src/convert/foreign-tensors.ts";
import { SanitizedSource } from "../../src/convert/tensor-names.ts";
import { MapSource } from "../support/map-source.ts";

const tensor = (...values: number[]) => ({ dims: [values.length], values: Float32Array.from(values) });
const angles = ([half = 0]: readonly number[]): Float32Array =>
  Float32Array.from({ length: half }, (_, index) => 10_000 ** (-index / half));
const RULES: readonly UnneededTensors[] = [
  { name: /^inv_freq$/u, because: "computed", values: angles },
  { name: /^copy$/u, because: "tied", same: "words" },
  { name: /^words$/u, because: "read elsewhere" },
];
const check = (tensors: Record<string, ReturnType<typeof tensor>>): Promise<void> =>
  checkTensors([], new MapSource(tensors), RULES);

describe("tensors that no graph reads", () => {
  it("pass when they are known to be unneeded", () => check({ words: tensor(1, 2) }));

  it("are refused by name when they are not", async () => {
    const many = Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [name, tensor(1)]));
    await assert.rejects(check(many), /found a, b, c and 2 more, which no graph reads/u);
  });

  it("must be the copies that they are taken for", async () => {
    await check({ words: tensor(1, 2), copy: tensor(1, 2) });
    await assert.rejects(check({ words: tensor(1, 2), copy: tensor(1, 3) }), /copy of words/u);
    await assert.rejects(check({ words: tensor(1, 2), copy: tensor(1) }), /copy of words/u);
  });

  it("must hold the rotary angles of the config, to the rounding of bfloat16", async () => {
    const right = [...angles([8])];
    await check({ inv_freq: tensor(...right.map((value) => value * 1.003)) });
    const other = right.map((_, index) => 500_000 ** (-index / 8));
    await assert.rejects(check({ inv_freq: tensor(...other) }), /inv_freq.*rope_theta/u);
  });
});

describe("names that do not belong into a plain checkpoint", () => {
  for (const [name, says] of [
    ["layers.0.q_proj.lora_A.default.weight", /LoRA/u],
    ["layers.0.q_proj.lora_B.weight", /LoRA/u],
    ["layers.0.q_proj.lora_magnitude_vector.default.weight", /LoRA/u],
    ["layers.0.q_proj.base_layer.weight", /adapter of peft/u],
    ["head.modules_to_save.default.weight", /modules_to_save/u],
    ["layers.0.mlp.ia3_l", /adapter of peft/u],
    ["layers.0.q_proj.SCB", /8-bit integers of bitsandbytes/u],
    ["layers.0.q_proj.weight.quant_state.bitsandbytes__nf4", /4-bit numbers of bitsandbytes/u],
    ["layers.0.q_proj.weight.absmax", /4-bit numbers/u],
    ["layers.0.q_proj.qweight", /GPTQ or AWQ/u],
    ["layers.0.q_proj.weight_scale_inv", /fp8/u],
    ["layers.0.q_proj.weight_packed", /compressed-tensors/u],
  ] as const) {
    it(`${name} is refused by what it is`, () => {
      assert.throws(() => refuseForeign(["layers.0.q_proj.weight", name]), says);
    });
  }

  it("are no adapters where the recipe merges them", () => {
    refuseForeign(["tower.q.lora_A.default.weight"], /^tower\./u);
  });

  it("of wrappers are taken off, at the beginning, inside and behind a component's name", () => {
    const files = { components: { head: /./u } };
    const names = ["module.base_model.model.a.b", "a._orig_mod.c", "head.module.d", "module.e"];
    const source = new MapSource(Object.fromEntries(names.map((name) => [name, tensor(1)])));
    assert.deepEqual(new SanitizedSource(source, { files }).names, ["a.b", "a.c", "head.d", "e"]);
  });

  it("may not come to one name twice", () => {
    const source = new MapSource({ "module.a": tensor(1), a: tensor(2) });
    assert.throws(() => new SanitizedSource(source, {}), /module\.a and a/u);
  });
});
