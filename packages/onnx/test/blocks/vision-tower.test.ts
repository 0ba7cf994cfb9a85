import assert from "node:assert/strict";
import { visionTower } from "../../src/blocks/vision-tower.ts";
import type { TowerSizes } from "../../src/blocks/vision-tower.ts";
import { GraphBuilder } from "../../src/graph/graph-builder.ts";
import type { FloatType } from "../../src/graph/value-types.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { gelu } from "../support/gelu.ts";
import type { MapSource } from "../support/map-source.ts";
import { noise, noiseWeights } from "../support/noise.ts";
import { linear, plus, rowsOf } from "../support/reference.ts";
import type { Matrix } from "../support/reference.ts";
import { patchesOf, visionBlock } from "../support/reference-vision.ts";
import { runValue } from "../support/run-graph.ts";

const [SIDE, PATCH, HIDDEN, INTERMEDIATE, HEADS, BLOCKS] = [6, 2, 12, 20, 3, 2];
const TOKENS = (SIDE / PATCH) ** 2;

const DINO = "DINOv2: class and register tokens behind the positions, layer scale";

const CASES: Readonly<
  Record<string, Pick<TowerSizes, "prefixTokens" | "positionsCoverPrefix" | "layerScale">>
> = {
  [DINO]: {
    prefixTokens: [
      { name: "t.cls_token", count: 1 },
      { name: "t.reg_token", count: 2 },
    ],
    positionsCoverPrefix: false,
    layerScale: true,
  },
  "a class token with a position of its own": {
    prefixTokens: [{ name: "t.cls_token", count: 1 }],
    positionsCoverPrefix: true,
    layerScale: false,
  },
  "SigLIP: patches only": { prefixTokens: [], positionsCoverPrefix: false, layerScale: false },
};

function towerOf(options: (typeof CASES)[string]): TowerSizes {
  const sizes = { hidden: HIDDEN, heads: HEADS, intermediate: INTERMEDIATE, blocks: BLOCKS };
  return { prefix: "t.", ...sizes, patch: PATCH, tokens: TOKENS, activation: "gelu", ...options };
}

function weightsOf({ prefixTokens, positionsCoverPrefix }: TowerSizes): MapSource {
  const front = prefixTokens.reduce((sum, { count }) => sum + count, 0);
  const block = (index: number): [string, number[]][] =>
    [
      ...["norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias", "attn.proj.bias", "mlp.fc2.bias"].map(
        (name): [string, number[]] => [name, [HIDDEN]],
      ),
      ["attn.qkv.weight", [3 * HIDDEN, HIDDEN]],
      ["attn.qkv.bias", [3 * HIDDEN]],
      ["attn.proj.weight", [HIDDEN, HIDDEN]],
      ["mlp.fc1.weight", [INTERMEDIATE, HIDDEN]],
      ["mlp.fc1.bias", [INTERMEDIATE]],
      ["mlp.fc2.weight", [HIDDEN, INTERMEDIATE]],
      ["ls1.scale_factor", [HIDDEN]],
      ["ls2.scale_factor", [HIDDEN]],
    ].map(([name, dims]) => [`t.blocks.${index}.${String(name)}`, dims as number[]]);
  return noiseWeights({
    "t.patch_embed.proj.weight": [HIDDEN, 3, PATCH, PATCH],
    "t.patch_embed.proj.bias": [HIDDEN],
    "t.pos_embed": [1, positionsCoverPrefix ? front + TOKENS : TOKENS, HIDDEN],
    ...Object.fromEntries(prefixTokens.map(({ name, count }) => [name, [1, count, HIDDEN]])),
    ...Object.fromEntries([0, 1].flatMap(block)),
  });
}

/** The tower of one picture. */
function reference(picture: readonly number[], tower: TowerSizes, weights: MapSource): Matrix {
  const rows = (name: string, width: number): Matrix => rowsOf(weights.values(`t.${name}`), width);
  const kernel = rows("patch_embed.proj.weight", 3 * PATCH * PATCH);
  const patches = linear(patchesOf(picture, SIDE, PATCH), kernel, weights.values("t.patch_embed.proj.bias"));
  const front = tower.prefixTokens.flatMap(({ name }) => rowsOf(weights.values(name), HIDDEN));
  const positions = rows("pos_embed", HIDDEN);
  let x = tower.positionsCoverPrefix
    ? plus([...front, ...patches], positions)
    : [...front, ...plus(patches, positions)];
  for (let block = 0; block < BLOCKS; block += 1) {
    const vector = (name: string): number[] => weights.values(`t.blocks.${block}.${name}`);
    const matrix = (name: string): Matrix =>
      rowsOf(vector(name), name === "mlp.fc2.weight" ? INTERMEDIATE : HIDDEN);
    x = visionBlock(x, { vector, matrix }, HEADS, gelu, tower.layerScale);
  }
  return x.slice(front.length);
}

async function check(tower: TowerSizes, views: number, floatType: FloatType): Promise<void> {
  const weights = weightsOf(tower);
  const pixels = noise("pixels", views * 3 * SIDE * SIDE);
  const result = await runValue({
    floatType,
    weights,
    feeds: { pixels: { type: "float", dims: [views, 3, SIDE, SIDE], values: pixels } },
    build: (graph) => visionTower(graph, "pixels", tower, views),
  });
  const expected = rowsOf(pixels, 3 * SIDE * SIDE).flatMap((picture) => reference(picture, tower, weights));
  assertClose(result, [views, TOKENS, HIDDEN], expected, floatType);
}

describe("visionTower", () => {
  for (const [name, options] of Object.entries(CASES)) {
    for (const views of [1, 2]) {
      for (const floatType of FLOAT_TYPES) {
        it(`${name}; views: ${views} (${floatType})`, () => check(towerOf(options), views, floatType));
      }
    }
  }

  it("runs a block in seven nodes: launches are what a small tower costs on a GPU", () => {
    const nodes = [2, 1].map((blocks) => {
      const tower = { ...towerOf(CASES[DINO] ?? assert.fail()), blocks };
      const graph = new GraphBuilder("test", weightsOf(tower), "float32");
      const pixels = graph.input("pixels", "float32", [1, 3, SIDE, SIDE]);
      graph.output(visionTower(graph, pixels, tower, 1), "patches", "float32", [1, TOKENS, HIDDEN]);
      return graph.build().nodes.length;
    });
    assert.equal((nodes[0] ?? 0) - (nodes[1] ?? 0), 7);
  });
});
