import { VlaPrunerError } from "@vla-pruner/format";
import { countTokens, spansOf } from "../adapter/layout.ts";
import type { CameraFrame, Observation } from "../observation.ts";
import { throwIfCancelled } from "../policy/throw-if-cancelled.ts";
import { seededRandom } from "../seeded-random.ts";
import type {
  ActionChunk,
  ActResult,
  HeadResult,
  LayerAttention,
  ModelLayout,
  StepCall,
  ViewSpan,
  VisionTokens,
  VlaAdapter,
} from "../vla-adapter.ts";
import { fakeAction, fakeActionAttention, fakeSemantic, FakeTensor } from "./fake-model.ts";
import type { FakePrompt } from "./fake-model.ts";
import { fakePrompt } from "./fake-prompt.ts";
import { fingerprint } from "./fingerprint.ts";
import { cosineSimilarity, FEATURE_SIZE } from "./random-context.ts";

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
  /** Tokens of an action that it lets itself be foretold. Default: none. */
  readonly draftTokens?: number;
  readonly redrafts?: boolean;
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

export interface FakePrepared extends FakePrompt {
  /** Stands for all of the observation, the state too: what actions depend on. */
  readonly seed: number;
  readonly views: readonly ViewSpan[];
}

/** What the fake's head hands to `act`. */
export interface FakeHead extends FakePrepared {
  /** float32 `[vision, FEATURE_SIZE]` */
  readonly hidden: FakeTensor;
}

/**
 * A deterministic adapter without a model: similarity, attention and actions depend on every part of the
 * observation and on the kept tokens. It notes its calls, and fails on demand.
 */
export class FakeAdapter implements VlaAdapter<FakePrepared, FakeTensor, FakeHead, ActionChunk> {
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
      views: spansOf(views, count),
      semanticRows: "last",
      currentAction: options.currentAction ?? false,
      ...(options.draftTokens !== undefined && { draftTokens: options.draftTokens }),
      ...(options.redrafts !== undefined && { redrafts: options.redrafts }),
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
    const all = this.layout.views.map(({ name }) => name);
    const present = all.filter((name) => images === undefined || Object.hasOwn(images, name));
    if (present.length === 0) {
      throw new VlaPrunerError("observation-invalid", {
        expected: `an image of ${all.join(", ")}`,
        found: Object.keys(images ?? {}).join(", "),
        fix: "name the cameras as the model does",
      });
    }
    const views = spansOf(present, this.layout.views[0]?.count ?? 0);
    return { ...fakePrompt(observation, views), seed: fingerprint(observation), views };
  }

  async encodeVision({ picture, views }: FakePrepared): Promise<VisionTokens<FakeTensor>> {
    this.#enter("encodeVision");
    const vision = countTokens(views);
    const next = seededRandom(picture, 1);
    const features = Float32Array.from({ length: vision * FEATURE_SIZE }, () => 2 * next() - 1);
    return { features: new FakeTensor(features), similarity: cosineSimilarity(features, vision), views };
  }

  async prefillHead(prepared: FakePrepared, vision: VisionTokens<FakeTensor>): Promise<HeadResult<FakeHead>> {
    this.#enter("prefillHead");
    const features = vision.features.data;
    const tokens = features.length / FEATURE_SIZE;
    const semantic = fakeSemantic(prepared, tokens, this.#causal);
    if (this.faults.nanIn === "semantic") semantic.scores.last?.fill(Number.NaN, 1, 2);
    const columns = Int32Array.from({ length: tokens }, (_, index) => index);
    return {
      state: { ...prepared, hidden: new FakeTensor(features.slice()) },
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
    call?: StepCall,
  ): Promise<ActResult<ActionChunk>> {
    this.#enter("act");
    for (let step = 1; step <= this.layout.cost.decodeSteps; step += 1)
      throwIfCancelled(call?.signal, `before action token ${step}`);
    const features = state.hidden.data;
    const tokens = features.length / FEATURE_SIZE;
    const actionAttention = this.layout.tappedLayers.map((layer): LayerAttention => {
      const columns = layer < this.layout.pruneLayer ? "all" : "kept";
      const seen = columns === "kept" ? keep : Int32Array.from({ length: tokens }, (_, index) => index);
      return { layer, columns, values: fakeActionAttention(prepared.seed, layer, seen) };
    });
    if (this.faults.nanIn === "action") actionAttention.at(-1)?.values.fill(Number.NaN, 0, 1);
    return { raw: fakeAction(prepared.seed, features, keep, this.#horizon), actionAttention };
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
    return { images, instruction: `do task ${seed}`, state: [next(), next()] };
  }

  release(step: { vision?: VisionTokens<FakeTensor>; head?: HeadResult<FakeHead> }): void {
    this.released.push({ vision: step.vision !== undefined, head: step.head !== undefined });
    step.vision?.features.dispose();
    step.head?.state.hidden.dispose();
    this.#enter("release");
  }

  #enter(stage: FakeStage): void {
    this.calls.push(stage);
    if (this.faults.throwAt === stage) throw new Error(`fault injected at ${stage}`);
  }
}
