import * as kit from "@vla-pruner/core/adapter";
import type { ModelLayout, PluginOptions, VlaAdapter, VlaModelParts, VlaPlugin } from "@vla-pruner/core";
import { statisticsNamed } from "@vla-pruner/format";
import { checkToyVla } from "./toy-vla.ts";

interface Prepared {
  /** `[1, 3, side, side]`, −1 … 1. */
  readonly pixels: Float32Array;
  readonly ids: readonly number[];
}

/** What layers below the cut hand over. */
interface Head {
  readonly hidden: kit.GraphTensor;
  /** `[layers, vision]`; `null` where no layer is tapped. */
  readonly attention: Float32Array | null;
}

type ToyAdapter = VlaAdapter<Prepared, kit.GraphTensor, Head, Float32Array>;

const HALF = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
const bytesOf = (instruction: string): number[] => [...new TextEncoder().encode(instruction)];

/** The plugin: `loadPolicy(folder, { plugins: [toyVla()] })`. @throws `invalid-option` */
export function toyVla(options: PluginOptions = {}): VlaPlugin {
  kit.checkPluginOptions("toyVla", options);
  return { architecture: "toy-vla", createAdapter: (model) => toyAdapter(model, options) };
}

function toyAdapter(model: VlaModelParts, { unnormKey }: PluginOptions): ToyAdapter {
  const vla = checkToyVla(model.vla);
  const { statistics } = statisticsNamed(vla.norm_stats, unnormKey);
  const { image_size: side, action, decoder, tower } = vla;
  const session = (name: string) => kit.sessionOf(model.sessions, name);
  const cost = { ...decoder, decodeSteps: 0, towers: [tower] };
  const layout: ModelLayout = { ...kit.layoutOf(vla, ["image"]), semanticRows: "last", cost };
  const vision = kit.countTokens(layout.views);
  const prompt = { length: 12, first: 112, vocabulary: decoder.vocabulary };

  return {
    architecture: "toy-vla",
    layout,

    async prepare(observation) {
      const frame = observation.images?.["image"];
      if (frame === undefined) throw kit.invalidObservation("a frame images.image", "none", "pass one");
      const pixels = new Float32Array(3 * side * side);
      kit.normalizeInto(pixels, 0, kit.resizeBilinear(kit.toRgb(frame), side, side), HALF);
      return { pixels, ids: kit.promptIds(observation, bytesOf, { ...decoder, room: 256 }) };
    },

    async encodeVision({ pixels }) {
      const feeds = { pixel_values: kit.float32Tensor(pixels, [1, 3, side, side]) };
      return kit.encodeViews(session("vision_encoder"), feeds, layout.views);
    },

    async prefillHead({ ids }, { features }) {
      const feeds = { input_ids: kit.int64Tensor(ids, [1, ids.length]), image_features: features };
      const outputs = await session("prefill_head").run(feeds);
      const hidden = kit.requiredOutput(outputs, "hidden_states");
      const sequence = vision + ids.length;
      return {
        state: { hidden, attention: kit.optionalFloat32(outputs, "action_attention") },
        // Every row sees every column; the action queries, which come after the prompt, rate nothing.
        semantic: kit.semanticAttention(outputs, { sequence }),
        sequence: sequence + action[0],
      };
    },

    async act(_, { state }, keep) {
      const feeds = { hidden_states: state.hidden, keep_indices: kit.int64Tensor(keep) };
      const outputs = await session("act").run(feeds);
      const taps = new kit.TapMean(layout, vision, keep.length);
      taps.add(state.attention, kit.optionalFloat32(outputs, "action_attention"));
      const raw = kit.checkComputed(kit.requiredFloat32(outputs, "action"), "actions");
      return { raw, actionAttention: taps.layers() };
    },

    toAction(raw) {
      const [chunk, size] = action;
      const { low = [], high = [] } = statistics.action as Record<string, number[]>;
      const unit = (value: number, index: number): number =>
        (low[index] ?? 0) + ((value + 1) / 2) * ((high[index] ?? 0) - (low[index] ?? 0));
      const step = (index: number) => Array.from(raw.subarray(index * size, (index + 1) * size), unit);
      return { actions: Array.from({ length: chunk }, (_, index) => step(index)), tokens: null };
    },

    exampleObservation: (seed) => kit.makeObservation(seed, { views: ["image"], side, prompt }),

    release: ({ vision: tokens, head }) => kit.disposeAll([tokens?.features, head?.state.hidden]),
  };
}
