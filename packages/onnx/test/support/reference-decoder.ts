import type { DecoderSizes } from "../../src/blocks/decoder-layer.ts";
import { silu } from "./gelu.ts";
import type { MapSource } from "./map-source.ts";
import { linear, plus, rmsNorm, rowsOf } from "./reference.ts";
import type { Matrix } from "./reference.ts";
import { attention, probabilities, rotated } from "./reference-attention.ts";

/** One LLaMA layer over a whole sequence: hidden states, and the attention maps of all heads. */
export function referenceLayer(
  x: Matrix,
  positions: readonly number[],
  { weights, prefix, sizes }: { weights: MapSource; prefix: string; sizes: DecoderSizes },
  {
    activate = silu,
    offset = 0,
    causal = true,
  }: { activate?: (value: number) => number; offset?: number; causal?: boolean } = {},
): { hidden: Matrix; maps: Matrix[] } {
  const { headSize, theta, epsilon, hidden, intermediate, heads } = sizes;
  const project = (rows: Matrix, name: string, input: number): Matrix =>
    linear(rows, rowsOf(weights.values(`${prefix}${name}.weight`), input));
  const norm = (rows: Matrix, name: string): Matrix =>
    rmsNorm(
      rows,
      weights.values(`${prefix}${name}.weight`).map((value) => value + offset),
      epsilon,
    );

  const normed = norm(x, "input_layernorm");
  const query = rotated(project(normed, "self_attn.q_proj", hidden), positions, headSize, theta);
  const key = rotated(project(normed, "self_attn.k_proj", hidden), positions, headSize, theta);
  const attended = attention(query, key, project(normed, "self_attn.v_proj", hidden), sizes, causal);
  const middle = plus(x, project(attended, "self_attn.o_proj", heads * headSize));

  const inner = norm(middle, "post_attention_layernorm");
  const gate = project(inner, "mlp.gate_proj", hidden);
  const gated = project(inner, "mlp.up_proj", hidden).map((row, index) =>
    row.map((value, place) => value * activate(gate[index]?.[place] ?? Number.NaN)),
  );
  return {
    hidden: plus(middle, project(gated, "mlp.down_proj", intermediate)),
    maps: probabilities(query, key, sizes, causal),
  };
}
