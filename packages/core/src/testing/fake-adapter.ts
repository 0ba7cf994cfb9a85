import { VlaPrunerError } from "@vla-pruner/format";
import type { CameraFrame, Observation } from "../observation.ts";
import { seededRandom } from "../seeded-random.ts";
import type {
  ActionChunk,
  ActResult,
  HeadResult,
  LayerAttention,
  ModelLayout,
  ViewSpan,
  VisionTokens,
  VlaAdapter,
} from "../vla-adapter.ts";
import { fakeAction, fakeActionAttention, fakeSemantic } from "./fake-model.ts";
import { fingerprint } from "./fingerprint.ts";
import { cosineSimilarity, FEATURE_SIZE, spansOf } from "./random-context.ts";

export interface FakeAdapterOptions {
  /** Camera names. Default `["image"]`. */
  readonly views?: readonly string[];
  /** Default 16. */
  readonly visionTokensPerView?: number;
  /** Default 6, all tapped; the latter half makes the action layers. */
  readonly layers?: number;
  /** Default 2. */
  readonly pruneLayer?: number;
  /** Actions in a chunk. Default 1. */
  readonly horizon?: number;
  /** Whether the head reports this call's own action attention. Default false. */
  readonly currentAction?: boolean;
  /** Whether columns differ in how many rows see them, as under a causal mask. Default true. */
  readonly causal?: boolean;
}

/** What goes wrong; assign at any time. */
export interface FakeFaults {
  /** The stage that throws, after `calls` has noted it. */
  throwAt?: FakeStage | undefined;
  /** The attention that has one NaN in it. */
  nanIn?: "semantic" | "action" | undefined;
}

export type FakeStage = "prepare" | "encodeVision" | "prefillHead" | "act" | "toAction" | "release";

export interface FakePrepared {
  readonly seed: number;
  readonly views: readonly ViewSpan[];
}

/** What the fake's head hands to `act`. */
export interface FakeHead extends FakePrepared {
  /** float32 `[vision, FEATURE_SIZE]` */
  readonly features: Float32Array;
}

/**
 * A deterministic adapter without a model: similarity, attention and actions depend on every part of the
 * observation and on the kept tokens. It notes its calls, and fails on demand.
 */
export class FakeAdapter implements VlaAdapter<FakePrepared, Float32Array, FakeHead, ActionChunk> {
  readonly architecture = "fake";
  readonly layout: ModelLayout;
  readonly faults: FakeFaults = {};
  /** Stages entered, in order. */
  readonly calls: FakeStage[] = [];
  /** What each step still held when it ended. */
  readonly released: { readonly vision: boolean; readonly head: boolean }[] = [];
  readonly #horizon: number;
  readonly #causal: boolean;

  constructor(options: FakeAdapterOptions = {}) {
    const { views = ["image"], visionTokensPerView: count = 16, layers = 6, pruneLayer = 2 } = options;
    const all = Array.from({ length: layers }, (_, layer) => layer);
    const tokens = views.length * count;
    this.#horizon = options.horizon ?? 1;
    this.#causal = options.causal ?? true;
    this.layout = {
      pruneLayer,
      layers,
      tappedLayers: all,
      actionLayers: all.slice(Math.floor(layers / 2)),
      views: spansOf(views.map((name) => ({ name, count }))),
      semanticRows: "last",
      currentAction: options.currentAction ?? false,
      cost: {
        layers,
        hidden: FEATURE_SIZE,
        intermediate: 2 * FEATURE_SIZE,
        vocabulary: 256,
        decodeSteps: 6,
        towers: [{ layers: 1, hidden: FEATURE_SIZE, intermediate: 2 * FEATURE_SIZE, tokens }],
      },
    };
  }

  async prepare(observation: Observation): Promise<FakePrepared> {
    this.#enter("prepare");
    const { images } = observation;
    const present = this.layout.views.filter(
      ({ name }) => images === undefined || Object.hasOwn(images, name),
    );
    if (present.length === 0) {
      throw new VlaPrunerError("observation-invalid", {
        expected: `an image of ${this.layout.views.map(({ name }) => name).join(", ")}`,
        found: Object.keys(images ?? {}).join(", "),
        fix: "name the cameras as the model does",
      });
    }
    return { seed: fingerprint(observation), views: spansOf(present) };
  }

  async encodeVision({ seed, views }: FakePrepared): Promise<VisionTokens<Float32Array>> {
    this.#enter("encodeVision");
    const vision = views.reduce((sum, { count }) => sum + count, 0);
    const next = seededRandom(seed, 1);
    const features = Float32Array.from({ length: vision * FEATURE_SIZE }, () => 2 * next() - 1);
    return { features, similarity: cosineSimilarity(features, vision), views };
  }

  async prefillHead(
    prepared: FakePrepared,
    vision: VisionTokens<Float32Array>,
  ): Promise<HeadResult<FakeHead>> {
    this.#enter("prefillHead");
    const tokens = vision.features.length / FEATURE_SIZE;
    const semantic = fakeSemantic(prepared.seed, tokens, this.#causal);
    if (this.faults.nanIn === "semantic") semantic.scores.last?.fill(Number.NaN, 1, 2);
    const columns = Int32Array.from({ length: tokens }, (_, index) => index);
    return {
      state: { ...prepared, features: vision.features },
      semantic,
      sequence: semantic.sequence,
      ...(this.layout.currentAction === true && {
        currentAction: fakeActionAttention(prepared.seed, this.layout.pruneLayer - 1, columns),
      }),
    };
  }

  async act(
    prepared: FakePrepared,
    { state }: HeadResult<FakeHead>,
    keep: Int32Array,
  ): Promise<ActResult<ActionChunk>> {
    this.#enter("act");
    const tokens = state.features.length / FEATURE_SIZE;
    const actionAttention = this.layout.tappedLayers.map((layer): LayerAttention => {
      const columns = layer < this.layout.pruneLayer ? "all" : "kept";
      const seen = columns === "kept" ? keep : Int32Array.from({ length: tokens }, (_, index) => index);
      return { layer, columns, values: fakeActionAttention(prepared.seed, layer, seen) };
    });
    if (this.faults.nanIn === "action") actionAttention.at(-1)?.values.fill(Number.NaN, 0, 1);
    return { raw: fakeAction(state.features, keep, this.#horizon), actionAttention };
  }

  toAction(raw: ActionChunk): ActionChunk {
    this.#enter("toAction");
    return raw;
  }

  exampleObservation(seed: number): Observation {
    const next = seededRandom(seed);
    const frame = (): CameraFrame => {
      const data = Uint8Array.from({ length: 12 }, () => Math.floor(256 * next()));
      return { data, width: 2, height: 2, channels: 3 };
    };
    const images = Object.fromEntries(this.layout.views.map(({ name }) => [name, frame()]));
    return { images, instruction: `do task ${seed}` };
  }

  release(step: { vision?: VisionTokens<Float32Array>; head?: HeadResult<FakeHead> }): void {
    this.released.push({ vision: step.vision !== undefined, head: step.head !== undefined });
    this.#enter("release");
  }

  #enter(stage: FakeStage): void {
    this.calls.push(stage);
    if (this.faults.throwAt === stage) throw new Error(`fault injected at ${stage}`);
  }
}
