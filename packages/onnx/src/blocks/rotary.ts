import type { GraphBuilder } from "../graph/graph-builder.ts";
import type { Value } from "../graph/graph-model.ts";

export interface RotaryTables {
  readonly cosine: Value;
  readonly sine: Value;
}

/**
 * Cosines and sines of every position, `[positions, headSize / 2]`, for LLaMA's half-split rotation.
 * Computed in float64 and stored in the graph's float type.
 */
export function rotaryTables(
  graph: GraphBuilder,
  { positions, headSize, theta }: Readonly<Record<"positions" | "headSize" | "theta", number>>,
): RotaryTables {
  const half = headSize / 2;
  const dims = [positions, half];
  const frequencies = Float64Array.from({ length: half }, (_, column) => theta ** (-column / half));
  const [cosine, sine] = [new Float32Array(positions * half), new Float32Array(positions * half)];
  for (let index = 0; index < cosine.length; index += 1) {
    const angle = Math.floor(index / half) * (frequencies[index % half] as number);
    cosine[index] = Math.cos(angle);
    sine[index] = Math.sin(angle);
  }
  return {
    cosine: graph.weight("rotary.cosine", { kind: "computed", values: cosine, dims }),
    sine: graph.weight("rotary.sine", { kind: "computed", values: sine, dims }),
  };
}

/**
 * Rotates queries or keys `[1, sequence, heads · headSize]` by explicit positions `[1, sequence]`. Kept
 * outside fused attention, which ignores positions that are not contiguous.
 */
export function rotate(
  graph: GraphBuilder,
  x: Value,
  positionIds: Value,
  tables: RotaryTables,
  heads: number,
): Value {
  return graph.node("RotaryEmbedding", [x, positionIds, tables.cosine, tables.sine], {
    domain: "com.microsoft",
    attributes: { num_heads: { int: heads }, interleaved: { int: 0 } },
  });
}
