import { linear } from "../../src/blocks/linear.ts";
import type { ConvertRequest } from "../../src/convert/convert-checkpoint.ts";
import type { ModelRecipe, SessionPlan } from "../../src/convert/model-recipe.ts";
import { GraphBuilder } from "../../src/graph/graph-builder.ts";
import type { FloatType } from "../../src/graph/value-types.ts";
import type { TensorSource } from "../../src/weights/tensor-source.ts";
import type { MapSource } from "./map-source.ts";
import { noiseWeights } from "./noise.ts";

const SIZE = 24;

/** Weights that a toy model of `config.size` wants. */
export function toyWeights(size: number): MapSource {
  const names = ["first.a", "first.b", "second.a", "second.b"];
  return noiseWeights(Object.fromEntries(names.map((name) => [name, [size, size]])));
}

/** Those of the size that a request has unless it is changed. */
export const TOY_WEIGHTS = toyWeights(SIZE);

/** Two sessions, `first` and `second`, of two matrices each; `config.size` is the size that they should have. */
const toyRecipe: ModelRecipe = {
  architecture: "toy",
  files: { copied: ["dataset_statistics.json"] },
  presets: {},
  matches: () => true,
  tensors: () => new Map(),
  plan: ({ config, checkpoint, floatType, options }) => ({
    vla: {
      prune_layer: options.pruneLayer ?? 3,
      action_layers: [4],
      tapped_layers: [4],
      views: 1,
      vision_tokens_per_view: 4,
      norm_stats: {},
    },
    sessions: {
      first: session("first", Number(config["size"]), checkpoint, floatType),
      second: session("second", Number(config["size"]), checkpoint, floatType),
    },
  }),
};

function session(name: string, size: number, checkpoint: TensorSource, floatType: FloatType): SessionPlan {
  const graph = new GraphBuilder(name, checkpoint, floatType);
  const x = graph.input("x", floatType, [1, size]);
  const product = (value: string, weight: string): string =>
    linear(graph, value, { weights: [`${name}.${weight}`], input: size, outputs: [size] });
  graph.output(product(product(x, "a"), "b"), "y", floatType, [1, size]);
  return { graph: graph.build(), deviceOutputs: ["y"] };
}

/** A conversion that works, but for what is changed. */
export function toyRequest(out: string, changes: Partial<ConvertRequest> = {}): ConvertRequest {
  const config = { model_type: "toy", size: SIZE, nested: { list: [1, 2.5, null, "ä"] } };
  return {
    recipe: toyRecipe,
    config,
    files: {},
    checkpoint: TOY_WEIGHTS,
    companions: null,
    out,
    dtype: "fp32",
    options: {},
    ...changes,
  };
}

/** The toy weights, with something that happens at the n-th read, counted from 1. */
export function atRead(count: number, happen: () => void): TensorSource {
  let reads = 0;
  return {
    names: TOY_WEIGHTS.names,
    info: (name) => TOY_WEIGHTS.info(name),
    read: async (name, start, size) => {
      reads += 1;
      if (reads === count) happen();
      return TOY_WEIGHTS.read(name, start, size);
    },
    close: async () => {},
  };
}
