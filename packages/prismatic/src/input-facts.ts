import { FRAME_FACT, inFigures } from "@vla-pruner/core/adapter";
import type { InputFact } from "@vla-pruner/core";
import type { Bounds } from "./bounds.ts";
import { CROP_AREA } from "./processor.ts";
import { openvlaPrompt } from "./prompt.ts";
import type { PrismaticOptions } from "./prompt.ts";
import type { ImageProcessorConfig } from "./recipe/image-processor-config.ts";

const WORDS = "Pick up the cup";

/** What a Prismatic model does with a picture and with words. */
export function prismaticFacts(
  { size, strategy, fill, normalize }: ImageProcessorConfig,
  { centerCrop = false, prompt = openvlaPrompt }: PrismaticOptions,
): InputFact[] {
  const ways = {
    "resize-naive": "stretched",
    letterbox: `padded to a square with ${inFigures(fill)}, then scaled`,
    "resize-crop": "scaled by the shorter side, the middle cut out,",
  };
  return [
    FRAME_FACT,
    {
      about: "crop",
      says: centerCrop
        ? `the middle ${CROP_AREA} of the area first (bilinear, to ${size} × ${size})`
        : "none; --center-crop takes the middle 0.9 of the area, for models trained with random crops",
      value: centerCrop ? CROP_AREA : null,
    },
    {
      about: "resize",
      says: `${ways[strategy]} to ${size} × ${size}, bicubic with antialiasing (Pillow's)`,
      value: { size, strategy },
    },
    {
      about: "colours",
      says: normalize
        .map(
          ({ mean, std }, tower) => `tower ${tower + 1}: (x / 255 − ${inFigures(mean)}) / ${inFigures(std)}`,
        )
        .join("; "),
      value: normalize,
    },
    {
      about: "prompt",
      says: `${JSON.stringify(WORDS)} → ${JSON.stringify(prompt(WORDS))}`,
      value: prompt(WORDS),
    },
  ];
}

/** Bounds in words: what −1 and 1 stand for, and what passes as it is. */
export function boundsFact(about: string, words: string, { low, high, mask }: Bounds): InputFact {
  const plain = mask.flatMap((normalised, index) => (normalised ? [] : [index]));
  const passing = plain.length === 0 ? "all of them" : `but ${plain.join(", ")}, which pass as they are`;
  return {
    about,
    says: `${words}: −1 … 1 is ${inFigures(low)} … ${inFigures(high)}, ${passing}`,
    value: { low, high, mask },
  };
}
