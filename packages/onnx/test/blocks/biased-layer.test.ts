import { causalAttention } from "../../src/blocks/attention.ts";
import { biasedLayer } from "../../src/blocks/biased-layer.ts";
import type { BiasedLayerNames, BiasedLayerSizes } from "../../src/blocks/biased-layer.ts";
import { CacheBorder } from "../../src/blocks/cache-inputs.ts";
import { assertClose, FLOAT_TYPES } from "../support/assert-close.ts";
import { gelu } from "../support/gelu.ts";
import type { MapSource } from "../support/map-source.ts";
import { noise, noiseWeights } from "../support/noise.ts";
import { layerNorm, linear, plus, rowsOf } from "../support/reference.ts";
import type { Matrix } from "../support/reference.ts";
import { attention } from "../support/reference-attention.ts";
import { runValue, vectorFeed } from "../support/run-graph.ts";

const SIZES: BiasedLayerSizes = {
  hidden: 12,
  heads: 4,
  keyValueHeads: 2,
  headSize: 4,
  intermediate: 20,
  epsilon: 1e-5,
  activation: "gelu",
};
const { hidden, intermediate, heads, keyValueHeads, headSize } = SIZES;
const WIDTHS = [heads * headSize, keyValueHeads * headSize, keyValueHeads * headSize];
const ROWS = 5;

const SEPARATE: BiasedLayerNames = {
  norms: ["ln_1", "ln_2"],
  qkv: ["q", "k", "v"],
  output: "out",
  mlp: ["fc", "proj"],
};
const FUSED: BiasedLayerNames = { ...SEPARATE, qkv: ["attn.c_attn"], scales: ["gamma_1", "gamma_2"] };

function matrix(name: string, output: number, input: number): [string, number[]][] {
  return [
    [`h.0.${name}.weight`, [output, input]],
    [`h.0.${name}.bias`, [output]],
  ];
}

function weightsOf(names: BiasedLayerNames): MapSource {
  const [first, second] = names.mlp;
  const total = WIDTHS.reduce((sum, width) => sum + width, 0);
  return noiseWeights(
    Object.fromEntries([
      ...names.norms.flatMap((name): [string, number[]][] => [
        [`h.0.${name}.weight`, [hidden]],
        [`h.0.${name}.bias`, [hidden]],
      ]),
      ...(names.scales ?? []).map((name): [string, number[]] => [`h.0.${name}`, [hidden]]),
      ...names.qkv.flatMap((name, index) =>
        matrix(name, names.qkv.length === 1 ? total : (WIDTHS[index] ?? 0), hidden),
      ),
      ...matrix(names.output, hidden, heads * headSize),
      ...matrix(first, intermediate, hidden),
      ...matrix(second, hidden, intermediate),
    ]),
  );
}

/** The layer by its formula; what goes on between attention and MLP doubles the rows. */
function reference(x: Matrix, names: BiasedLayerNames, weights: MapSource): Matrix {
  const vector = (name: string): number[] => weights.values(`h.0.${name}`);
  const project = (rows: Matrix, name: string): Matrix =>
    linear(rows, rowsOf(vector(`${name}.weight`), rows[0]?.length ?? 0), vector(`${name}.bias`));
  const norm = (rows: Matrix, name: string): Matrix =>
    layerNorm(rows, vector(`${name}.weight`), vector(`${name}.bias`), SIZES.epsilon);
  const scaled = (rows: Matrix, name: string | undefined): Matrix =>
    name === undefined ? rows : rows.map((row) => row.map((value, at) => value * (vector(name)[at] ?? 0)));

  const normed = norm(x, names.norms[0]);
  const parts = names.qkv.map((name) => project(normed, name));
  const qkv = normed.map((_, row) => parts.flatMap((part) => part[row] ?? []));
  const columns = (from: number, width: number): Matrix => qkv.map((row) => row.slice(from, from + width));
  const [queries = 0, keys = 0, values = 0] = WIDTHS;
  const attended = attention(
    columns(0, queries),
    columns(queries, keys),
    columns(queries + keys, values),
    SIZES,
    true,
  );
  const added = plus(x, scaled(project(attended, names.output), names.scales?.[0]));
  const middle = plus(added, added);
  const inner = project(norm(middle, names.norms[1]), names.mlp[0]).map((row) => row.map(gelu));
  return plus(middle, scaled(project(inner, names.mlp[1]), names.scales?.[1]));
}

describe("biasedLayer", () => {
  for (const [what, names] of Object.entries({ "three matrices": SEPARATE, "one matrix, scales": FUSED })) {
    for (const floatType of FLOAT_TYPES) {
      it(`follows the formula under a causal mask, queries, keys and values in ${what} (${floatType})`, async () => {
        const weights = weightsOf(names);
        const x = noise("x", ROWS * hidden);
        const empty = { type: "float", dims: [1, keyValueHeads, 0, headSize], values: [] } as const;
        const result = await runValue({
          floatType,
          weights,
          feeds: {
            x: { type: "float", dims: [1, ROWS, hidden], values: x },
            seqlens_k: vectorFeed("int32", ROWS - 1),
            total_sequence_length: vectorFeed("int32", ROWS),
            "past_key_values.0.key": empty,
            "past_key_values.0.value": empty,
          },
          build: (graph) => {
            const cache = new CacheBorder(graph, SIZES).inputs(0);
            return biasedLayer(
              graph,
              "x",
              "h.0.",
              names,
              SIZES,
              (projected) => causalAttention(graph, projected, SIZES, cache),
              (rows) => graph.node("Add", [rows, rows]),
            ).hidden;
          },
        });
        assertClose(result, [1, ROWS, hidden], reference(rowsOf(x, hidden), names, weights), floatType);
      });
    }
  }
});
