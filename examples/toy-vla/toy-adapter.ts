import {
  countTokens,
  disposeAll,
  encodeViews,
  float32Tensor,
  int64Tensor,
  invalidObservation,
  layoutOf,
  makeObservation,
  normalizeInto,
  optionalFloat32,
  promptIds,
  requiredFloat32,
  requiredOutput,
  resizeBilinear,
  semanticAttention,
  sessionOf,
  TapMean,
  toRgb,
} from "@vla-pruner/core/adapter";
import type { GraphTensor } from "@vla-pruner/core/adapter";
import type { ModelLayout, VlaAdapter, VlaModelParts, VlaPlugin } from "@vla-pruner/core";
import type { ToyVla } from "./toy-vla.ts";

interface Prepared {
  /** `[1, 3, side, side]`, −1 … 1. */
  readonly pixels: Float32Array;
  readonly ids: readonly number[];
}

/** What layers below the cut hand over. */
interface Head {
  readonly hidden: GraphTensor;
  /** `[layers, vision]`; `null` where no layer is tapped. */
  readonly attention: Float32Array | null;
}

const HALF = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/** The toy's plugin: `loadPolicy(folder, { plugins: [toyVla()] })`. */
export function toyVla(): VlaPlugin {
  return { architecture: "toy-vla", createAdapter: toyAdapter };
}

function toyAdapter(model: VlaModelParts): VlaAdapter<Prepared, GraphTensor, Head, Float32Array> {
  const vla = model.vla as unknown as ToyVla; // a real adapter checks what it reads
  const { image_size: side, action, decoder, tower } = vla;
  const { vocabulary } = decoder;
  const session = (name: string) => sessionOf(model.sessions, name);
  const cost = { ...decoder, decodeSteps: 0, towers: [tower] };
  const layout: ModelLayout = { ...layoutOf(vla, ["image"]), semanticRows: "last", cost };
  const vision = countTokens(layout.views);

  return {
    architecture: "toy-vla",
    layout,

    async prepare(observation) {
      const frame = observation.images?.["image"];
      if (frame === undefined) throw invalidObservation("a frame images.image", "none", "pass one");
      const pixels = new Float32Array(3 * side * side);
      normalizeInto(pixels, 0, resizeBilinear(toRgb(frame), side, side), HALF);
      return { pixels, ids: promptIds(observation, bytesOf, { vocabulary, room: 256 }) };
    },

    async encodeVision({ pixels }) {
      const feeds = { pixel_values: float32Tensor(pixels, [1, 3, side, side]) };
      return encodeViews(session("vision_encoder"), feeds, layout.views);
    },

    async prefillHead({ ids }, { features }) {
      const feeds = { input_ids: int64Tensor(ids, [1, ids.length]), image_features: features };
      const outputs = await session("prefill_head").run(feeds);
      const hidden = requiredOutput(outputs, "hidden_states");
      const sequence = vision + ids.length;
      return {
        state: { hidden, attention: optionalFloat32(outputs, "action_attention") },
        // Every row sees every column; the action queries, which come after the prompt, rate nothing.
        semantic: semanticAttention(outputs, { sequence }),
        sequence: sequence + action[0],
      };
    },

    async act(_, { state }, keep) {
      const feeds = { hidden_states: state.hidden, keep_indices: int64Tensor(keep) };
      const outputs = await session("act").run(feeds);
      const taps = new TapMean(layout, vision, keep.length);
      taps.add(state.attention, optionalFloat32(outputs, "action_attention"));
      return { raw: requiredFloat32(outputs, "action"), actionAttention: taps.layers() };
    },

    toAction(raw) {
      const [chunk, size] = action;
      const [statistics] = Object.values(vla.norm_stats);
      const { low = [], high = [] } = (statistics?.action ?? {}) as Record<string, number[]>;
      const unit = (value: number, index: number): number =>
        (low[index] ?? 0) + ((value + 1) / 2) * ((high[index] ?? 0) - (low[index] ?? 0));
      const step = (index: number) => Array.from(raw.subarray(index * size, (index + 1) * size), unit);
      return { actions: Array.from({ length: chunk }, (_, index) => step(index)), tokens: null };
    },

    exampleObservation: (seed) =>
      makeObservation(seed, { views: ["image"], side, prompt: { length: 12, first: 112, vocabulary } }),

    release: ({ vision: tokens, head }) => disposeAll([tokens?.features, head?.state.hidden]),
  };
}

function bytesOf(instruction: string): number[] {
  return [...new TextEncoder().encode(instruction)];
}
