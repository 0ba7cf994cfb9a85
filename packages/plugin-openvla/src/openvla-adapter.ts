import {
  countTokens,
  disposeAll,
  encodeViews,
  float32Tensor,
  invalidObservation,
  layoutOf,
  makeObservation,
  sessionOf,
  TapMean,
  throwIfCancelled,
} from "@vla-pruner/core/adapter";
import type { GraphTensor } from "@vla-pruner/core/adapter";
import type {
  CameraFrame,
  ModelLayout,
  Observation,
  PixelValues,
  VlaAdapter,
  VlaModelParts,
} from "@vla-pruner/core";
import { prismaticIds, prismaticPixels } from "@vla-pruner/prismatic";
import type { PrismaticOptions } from "@vla-pruner/prismatic";
import { ActionDecoder } from "./action-decoder.ts";
import type { DecoderState, HeadPass } from "./action-decoder.ts";
import { actionBounds, decodeActions } from "./actions.ts";
import { checkOpenVla } from "./openvla-vla.ts";

interface Prompt {
  readonly pixels: Required<PixelValues>;
  readonly ids: readonly number[];
}

interface Head {
  readonly decoder: DecoderState;
  readonly pass: HeadPass;
}

/** With 256 patches, the 291 tokens of the paper's cost model. */
const EXAMPLE_WORDS = 35;
const BOS = 1;

/** OpenVLA (autoregressive): seven action tokens, one after the other. */
export function openvlaAdapter(
  { vla: block, sessions, tokenizer }: VlaModelParts,
  options: PrismaticOptions,
): VlaAdapter<Prompt, GraphTensor, Head, readonly number[]> {
  const vla = checkOpenVla(block);
  const { image_processor: image, decoder: sizes, towers } = vla;
  const bounds = actionBounds(vla.norm_stats, options.unnormKey);
  const actions = bounds.low.length;
  const visionEncoder = sessionOf(sessions, "vision_encoder");
  const decoder = new ActionDecoder(sessions, vla);
  const { layers, hidden, intermediate, vocabulary } = sizes;
  const layout: ModelLayout = {
    ...layoutOf(vla, ["image"]),
    semanticRows: "last",
    cost: { layers, hidden, intermediate, vocabulary, decodeSteps: actions - 1, towers },
  };
  const visionTokens = countTokens(layout.views);

  return {
    architecture: "openvla",
    layout,

    async prepare(observation) {
      const crop = options.centerCrop ?? false;
      const room = sizes.positions - visionTokens - actions;
      return {
        pixels: prismaticPixels(observation, image, crop, 1, (images) => [mainFrame(images)]),
        ids: prismaticIds(observation, { tokenizer, vla }, options, room),
      };
    },

    async encodeVision({ pixels: { data, dims } }) {
      return encodeViews(visionEncoder, { pixel_values: float32Tensor(data, dims) }, layout.views);
    },

    async prefillHead({ ids }, { features }) {
      const state = decoder.start(visionTokens);
      const { pass, semantic, sequence } = await decoder.prefillHead(state, ids, features);
      return { state: { decoder: state, pass }, sequence, semantic };
    },

    /** Prefill above the cut gives the first token; every further one takes a pass through both sessions. */
    async act(_, { state }, keep, { signal }) {
      const taps = new TapMean(layout, visionTokens, keep.length);
      const first = await decoder.prefillAct(state.decoder, state.pass.hidden, keep);
      taps.add(state.pass.actionAttention, first.actionAttention);
      const tokens = [first.token];
      while (tokens.length < actions) {
        throwIfCancelled(signal, `before action token ${tokens.length}`);
        const head = await decoder.stepHead(state.decoder, tokens.at(-1) ?? 0);
        const next = await decoder.stepAct(state.decoder, head.hidden, keep.length);
        taps.add(head.actionAttention, next.actionAttention);
        tokens.push(next.token);
      }
      return { raw: tokens, actionAttention: taps.layers() };
    },

    toAction: (tokens) => ({ actions: [decodeActions(tokens, vla.action_tokens, bounds)], tokens }),

    exampleObservation(seed) {
      const prompt = { length: EXAMPLE_WORDS, first: BOS, vocabulary };
      return makeObservation(seed, { views: ["image"], side: image.size, prompt });
    },

    release({ vision, head }) {
      disposeAll([vision?.features, head?.state.pass.hidden]);
      head?.state.decoder.headCache.dispose();
      head?.state.decoder.actCache.dispose();
    },
  };
}

/**
 * The one picture that OpenVLA looks at: camera `image`, else `full_image`, else the only one.
 *
 * @throws `observation-invalid`
 */
export function mainFrame(images: Observation["images"]): CameraFrame {
  const frames = Object.values(images ?? {});
  const frame = images?.["image"] ?? images?.["full_image"] ?? (frames.length === 1 ? frames[0] : undefined);
  if (frame !== undefined) return frame;
  throw invalidObservation(
    "one camera frame (images), a camera named image or full_image, or pixelValues",
    Object.keys(images ?? {}).join(", ") || "none",
    "pass the picture that the model was trained on, for example { images: { image: frame } }",
  );
}
