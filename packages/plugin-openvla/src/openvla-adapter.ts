import {
  aheadOnlyStages,
  checkMasks,
  countTokens,
  encodeViews,
  float32Tensor,
  framesByView,
  invalidObservation,
  layoutOf,
  makeObservation,
  sessionOf,
} from "@vla-pruner/core/adapter";
import type { GraphTensor } from "@vla-pruner/core/adapter";
import { VlaPrunerError } from "@vla-pruner/core";
import type {
  AheadRun,
  CameraFrame,
  ModelLayout,
  Observation,
  PixelValues,
  VlaAdapter,
  VlaModelParts,
} from "@vla-pruner/core";
import { statisticsNamed } from "@vla-pruner/format";
import { boundsFact, prismaticFacts, prismaticIds, prismaticPixels } from "@vla-pruner/prismatic";
import type { PrismaticOptions } from "@vla-pruner/prismatic";
import { actionBounds, decodeActions, encodeActions } from "./actions.ts";
import { OneRunDecoder } from "./one-run-decoder.ts";
import { checkOpenVla } from "./openvla-vla.ts";
import { StepwiseDecoder } from "./stepwise-decoder.ts";
import type { TokenDecoder } from "./token-decoder.ts";

interface Prompt {
  readonly pixels: Required<PixelValues>;
  readonly ids: readonly number[];
}

/** With 256 patches, the 291 tokens of the paper's cost model. */
const EXAMPLE_WORDS = 35;
const BOS = 1;

/** OpenVLA (autoregressive): seven action tokens, one after the other. */
export function openvlaAdapter(
  { vla: block, sessions, tokenizer }: VlaModelParts,
  options: PrismaticOptions,
): VlaAdapter<Prompt, GraphTensor, unknown, readonly number[]> {
  const vla = checkOpenVla(block);
  const { image_processor: image, decoder: sizes, towers } = vla;
  const { name } = statisticsNamed(vla.norm_stats, options.unnormKey);
  const bounds = actionBounds(vla.norm_stats, name);
  const actions = bounds.low.length;
  const { layers, hidden, intermediate, vocabulary } = sizes;
  const layout: ModelLayout = {
    ...layoutOf(vla, ["image"]),
    cameraAliases: ALIASES,
    reads: { state: false, noise: false },
    semanticRows: "last",
    draftTokens: actions,
    // Where rows are handed over, what is wrong in a draft is decoded token by token.
    redrafts: vla.one_run?.handed_over === undefined,
    ...(vla.one_run && { actRuns: 1 }),
    ...(vla.one_run?.ahead === true && { aheadOnly: true }),
    cost: { layers, hidden, intermediate, vocabulary, decodeSteps: actions - 1, towers },
  };
  const visionTokens = countTokens(layout.views);
  const { one_run: form } = vla;
  if (form !== undefined && form.actions !== actions) throw otherLength(form.actions, actions);
  const oneRun = form && new OneRunDecoder(sessions, vla, form, layout);
  const decoder: TokenDecoder = oneRun ?? new StepwiseDecoder(sessions, vla, layout, actions);
  const stages = form?.ahead === true ? aheadOnlyStages("openvla") : stagesOf();

  return {
    architecture: "openvla",
    layout,

    async prepare(observation) {
      const crop = options.centerCrop ?? false;
      const room = decoder.room - visionTokens - actions;
      if (!checkMasks(observation.imageMasks, 1).every(Boolean)) throw noPicture();
      return {
        pixels: prismaticPixels(observation, image, crop, 1, (images) => [mainFrame(images)]),
        ids: prismaticIds(observation, { tokenizer, vla }, options, room),
      };
    },

    ...stages,
    ...(form?.ahead === true && oneRun && { ahead: aheadOf(oneRun) }),

    toDraft: (action) => encodeActions(action, vla.action_tokens, bounds),

    toAction: (tokens) => ({ actions: [decodeActions(tokens, vla.action_tokens, bounds)], tokens }),

    exampleObservation(seed) {
      const prompt = { length: EXAMPLE_WORDS, first: BOS, vocabulary };
      return makeObservation(seed, { views: ["image"], side: image.size, prompt });
    },

    describeInputs: () => [
      ...prismaticFacts(image, options),
      { about: "state", says: "none is read" },
      boundsFact("action", `${actions} numbers a step, un-normalised by q01 … q99 of ${name}`, bounds),
    ],

    release({ vision, head }) {
      vision?.features.dispose();
      if (head !== undefined) decoder.release(head.state);
    },
  };

  function stagesOf(): Pick<
    VlaAdapter<Prompt, GraphTensor, unknown, readonly number[]>,
    "encodeVision" | "prefillHead" | "act"
  > {
    const visionEncoder = sessionOf(sessions, "vision_encoder");
    return {
      encodeVision: async ({ pixels: { data, dims } }) =>
        encodeViews(visionEncoder, { pixel_values: float32Tensor(data, dims) }, layout.views),

      prefillHead: async ({ ids }, { features }, call) => decoder.prefill(ids, features, call),

      async act(_, { state }, keep, call) {
        const { tokens, ...rest } = await decoder.decode(state, keep, call);
        return { raw: tokens, ...rest };
      },
    };
  }

  function aheadOf(step: OneRunDecoder): AheadRun<Prompt, readonly number[]> {
    return {
      viewsOf: () => layout.views,
      async run({ ids, pixels }, keep, call) {
        const { tokens, actionAttention, similarity, ...head } = await step.whole(ids, pixels, keep, call);
        return { raw: tokens, actionAttention, seen: { vision: { views: layout.views, similarity }, head } };
      },
    };
  }
}

/** What the one camera may be called beside `image`. */
const ALIASES: Readonly<Record<string, string>> = { full_image: "image", base: "image" };

/**
 * The one picture that OpenVLA looks at: camera `image`, `full_image` or `base`, or the only one unless it is a
 * wrist's.
 *
 * @throws `observation-invalid`, where there are others, too: it would not see them
 */
export function mainFrame(images: Observation["images"]): CameraFrame {
  const frame = framesByView(images, ["image"], ALIASES).get("image");
  if (frame !== undefined) return frame;
  throw noPicture();
}

function noPicture(): Error {
  return invalidObservation(
    "one camera frame (images), a camera named image, or pixelValues",
    "no picture",
    "pass the picture that the model was trained on, for example { images: { image: frame } }",
  );
}

function otherLength(expected: number, found: number): VlaPrunerError {
  return new VlaPrunerError("model-invalid", {
    expected: `statistics of ${expected} numbers an action, which the graphs were made for`,
    found: String(found),
    fix: "choose another --unnorm-key, or convert without --target",
  });
}
