import {
  float32Tensor,
  int64Tensor,
  normalizeInto,
  readFloat32,
  requiredOutput,
  resizeBilinear,
  seededRandom,
  sessionOf,
  TapMean,
  toRgb,
  VlaPrunerError,
} from "@vla-pruner/core";
import type {
  ActionChunk,
  ActResult,
  GraphTensor,
  HeadResult,
  ModelLayout,
  NamedTensors,
  Observation,
  VisionTokens,
  VlaAdapter,
  VlaModelParts,
  VlaPlugin,
} from "@vla-pruner/core";
import { toyLayout } from "./toy-vla.ts";
import type { ToyVla } from "./toy-vla.ts";

interface Prepared {
  /** `[1, 3, side, side]`, −1 … 1. */
  readonly pixels: Float32Array;
  /** Bytes of the instruction. */
  readonly ids: readonly number[];
}

/** What layers below the cut hand over. */
interface Head {
  readonly hidden: GraphTensor;
  /** `[layers, vision]`. */
  readonly attention: Float32Array | null;
}

const HALF = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/** The toy's plugin: `loadPolicy(folder, { plugins: [toyVla()] })`. */
export function toyVla(): VlaPlugin {
  return { architecture: "toy-vla", createAdapter: (model) => new ToyAdapter(model) };
}

class ToyAdapter implements VlaAdapter<Prepared, GraphTensor, Head, Float32Array> {
  readonly architecture = "toy-vla";
  readonly layout: ModelLayout;
  readonly #vla: ToyVla;
  readonly #sessions: VlaModelParts["sessions"];

  constructor({ vla, sessions }: VlaModelParts) {
    this.#vla = vla as unknown as ToyVla;
    this.#sessions = sessions;
    this.layout = toyLayout(this.#vla);
  }

  async prepare({ images, instruction }: Observation): Promise<Prepared> {
    const frame = images?.["image"];
    if (frame === undefined || instruction === undefined || instruction === "") {
      const details = { expected: "images.image and an instruction", found: "one of them is missing" };
      throw new VlaPrunerError("observation-invalid", { ...details, fix: "pass both" });
    }
    const side = this.#vla.image_size;
    const pixels = new Float32Array(3 * side * side);
    normalizeInto(pixels, 0, resizeBilinear(toRgb(frame), side, side), HALF);
    return { pixels, ids: [...new TextEncoder().encode(instruction)] };
  }

  async encodeVision({ pixels }: Prepared): Promise<VisionTokens<GraphTensor>> {
    const side = this.#vla.image_size;
    const feeds = { pixel_values: float32Tensor(pixels, [1, 3, side, side]) };
    const outputs = await sessionOf(this.#sessions, "vision_encoder").run(feeds);
    const similarity = readFloat32(outputs["image_similarity"], "image_similarity");
    return { features: requiredOutput(outputs, "image_features"), similarity, views: this.layout.views };
  }

  async prefillHead({ ids }: Prepared, { features }: VisionTokens<GraphTensor>): Promise<HeadResult<Head>> {
    const feeds = { input_ids: int64Tensor(ids, [1, ids.length]), image_features: features };
    const outputs = await sessionOf(this.#sessions, "prefill_head").run(feeds);
    const vision = this.#vla.vision_tokens_per_view;
    const rows = readFloat32(outputs["semantic_attention"], "semantic_attention"); // [4, vision]
    const [prefill, last, text, raters] = [0, 1, 2, 3].map((row) =>
      rows.slice(row * vision, (row + 1) * vision),
    ) as [Float32Array, Float32Array, Float32Array, Float32Array];
    return {
      state: { hidden: requiredOutput(outputs, "hidden_states"), attention: tapped(outputs) },
      // Every row sees every column; the action queries, which come after the prompt, rate nothing.
      semantic: { scores: { prefill, last, text, raters }, visibleRows: null, sequence: vision + ids.length },
      sequence: vision + ids.length + this.#vla.action[0],
    };
  }

  async act(_: Prepared, { state }: HeadResult<Head>, keep: Int32Array): Promise<ActResult<Float32Array>> {
    const feeds = { hidden_states: state.hidden, keep_indices: int64Tensor(keep) };
    const outputs = await sessionOf(this.#sessions, "act").run(feeds);
    const taps = new TapMean(this.layout, this.#vla.vision_tokens_per_view, keep.length);
    taps.add(state.attention, tapped(outputs));
    return { raw: readFloat32(outputs["action"], "action"), actionAttention: taps.layers() };
  }

  toAction(raw: Float32Array): ActionChunk {
    const [chunk, size] = this.#vla.action;
    const [statistics] = Object.values(this.#vla.norm_stats);
    const { low = [], high = [] } = (statistics?.action ?? {}) as Record<string, number[]>;
    const unit = (value: number, index: number): number =>
      (low[index] ?? 0) + ((value + 1) / 2) * ((high[index] ?? 0) - (low[index] ?? 0));
    const actions = Array.from({ length: chunk }, (_, step) =>
      Array.from(raw.subarray(step * size, (step + 1) * size), unit),
    );
    return { actions, tokens: null };
  }

  exampleObservation(seed: number): Observation {
    const [random, side] = [seededRandom(seed), this.#vla.image_size];
    const data = Uint8Array.from({ length: 3 * side * side }, () => Math.floor(256 * random()));
    return {
      images: { image: { data, width: side, height: side, channels: 3 } },
      instruction: "put it down",
    };
  }

  release({ vision, head }: { vision?: VisionTokens<GraphTensor>; head?: HeadResult<Head> }): void {
    vision?.features.dispose();
    head?.state.hidden.dispose();
  }
}

/** `[layers, columns]`; `null` where no layer of the graph is tapped. */
function tapped({ action_attention: attention }: NamedTensors): Float32Array | null {
  return attention === undefined ? null : readFloat32(attention, "action_attention");
}
