import { checkOptions } from "@vla-pruner/format";
import { chooseDraft, draftResult } from "../drafts/choose-draft.ts";
import type { DraftOptions } from "../drafts/draft-options.ts";
import type { PolicyEmitter } from "../events.ts";
import { combineLayers } from "../memory/combine-layers.ts";
import { EpisodeMemory } from "../memory/episode-memory.ts";
import type { EpisodeState } from "../memory/episode-memory.ts";
import { seenTokens } from "../memory/seen-tokens.ts";
import type { StageMiddleware, StageName } from "../middleware/stage-middleware.ts";
import type { Observation, ObservationInput } from "../observation.ts";
import type { PruneContext, TokenPruner } from "../token-pruner.ts";
import type { StepCall, VlaAdapter } from "../vla-adapter.ts";
import {
  checkCurrentAction,
  checkKeep,
  checkPruner,
  checkScore,
  checkSemantic,
  checkVision,
} from "./check-stage.ts";
import type { Episode, StepOptions } from "./episode.ts";
import { EpisodeWatch } from "./episode-watch.ts";
import { readObservation } from "./read-observation.ts";
import { stageRunner } from "./stage-runner.ts";
import { StepResources } from "./step-resources.ts";
import type { StepResult } from "./step-result.ts";
import type { WorkGate } from "./work-gate.ts";
import { WorkQueue } from "./work-queue.ts";

export interface LocalEpisodeParts {
  readonly id: string;
  readonly adapter: VlaAdapter;
  readonly pruner: TokenPruner;
  readonly middleware: readonly StageMiddleware[];
  readonly cameras: Readonly<Record<string, string>>;
  readonly events: PolicyEmitter;
  /** When the action of the call before is tried as a draft; `null` for never. */
  readonly drafts: Required<DraftOptions> | null;
  /** Seconds without a step after which a forgotten reset is suspected. */
  readonly gap: number;
  /** Closed when the policy is disposed. */
  readonly gate: WorkGate;
}

/** An episode on a model in this process: owns the memory, which advances once a completed call, in call order. */
export class LocalEpisode implements Episode {
  readonly id: string;
  readonly #parts: LocalEpisodeParts;
  readonly #queue = new WorkQueue();
  #memory: EpisodeMemory;
  /** What was under way at a restore does not write over it. */
  #restores = 0;
  readonly #watch: EpisodeWatch;

  /** @throws `invalid-option` when the pruner reads what the model does not report */
  constructor(parts: LocalEpisodeParts) {
    checkPruner(parts.pruner, parts.adapter);
    this.id = parts.id;
    this.#parts = parts;
    this.#memory = EpisodeMemory.start(parts.pruner);
    this.#watch = new EpisodeWatch(parts);
  }

  async act(observation: ObservationInput, options: StepOptions = {}): Promise<StepResult> {
    checkOptions("act", options, ["signal", "draft"]);
    return this.#parts.gate.run(() => this.#queue.add(() => this.#step(observation, options)));
  }

  async reset(): Promise<void> {
    const restores = this.#restores;
    await this.#queue.add(() => {
      if (restores === this.#restores) this.#memory = EpisodeMemory.start(this.#parts.pruner);
      this.#watch.forget();
      this.#parts.events.report("episode-reset", { episode: this.id });
    });
  }

  saveState(): EpisodeState {
    return this.#memory.save();
  }

  restoreState(state: EpisodeState): void {
    this.#memory = EpisodeMemory.restore(this.#parts.pruner, state);
    this.#restores += 1;
    this.#watch.forget();
  }

  async #step(observation: ObservationInput, options: StepOptions): Promise<StepResult> {
    const memory = this.#memory;
    this.#watch.look(observation);
    const resources = new StepResources(this.#parts.adapter);
    const { result, next } = await this.#run(observation, options, memory, resources).finally(() =>
      resources.release(),
    );
    const kept = this.#memory === memory;
    if (kept) this.#memory = next;
    if (kept) this.#watch.note(observation);
    this.#parts.events.report("action-available", result);
    return result;
  }

  /** The way of the data, camera frame to action. */
  async #run(
    input: ObservationInput,
    { signal, draft: foretold }: StepOptions,
    memory: EpisodeMemory,
    resources: StepResources,
  ): Promise<{ result: StepResult; next: EpisodeMemory }> {
    const { adapter, pruner, middleware, events, cameras, drafts } = this.#parts;
    const { layout } = adapter;
    const draft = chooseDraft(adapter, foretold, memory.draft, drafts);
    const verified = draft?.verified === true && { draft: draft.tokens };
    const { warn } = this.#watch;
    const call: StepCall = { episode: this.id, signal, step: memory.temporal.step, warn, ...verified };
    const timings: Partial<Record<StageName, number>> = {};
    const stage = stageRunner({ events, middleware, timings, call });

    let observation: Observation = {};
    const prepared = await stage("prepare", { ...call, observation: input }, async (given) => {
      observation = await readObservation(given.observation, { cameras, layout, warn });
      return adapter.prepare(observation, call);
    });

    const vision = await stage("encodeVision", { ...call, prepared }, async (given) =>
      resources.ownVision(await adapter.encodeVision(given.prepared, call)),
    );
    resources.assertLive("encodeVision", vision.features);
    const tokens = checkVision(vision);

    const head = await stage("prefillHead", { ...call, prepared, vision }, async (given) => {
      resources.assertLive("encodeVision", given.vision.features);
      return resources.ownHead(await adapter.prefillHead(given.prepared, given.vision, call));
    });
    resources.assertLive("prefillHead", head.state);

    const forecast = memory.temporal.forecast(vision.views);
    let context: PruneContext = {
      observation,
      views: vision.views,
      vision: tokens,
      semantic: checkSemantic(head, tokens),
      semanticRows: layout.semanticRows,
      forecast,
      acts: layout.acts ?? true,
      currentAction: checkCurrentAction(head, layout, tokens),
      similarity: vision.similarity,
      step: memory.temporal.step,
      memory: memory.own,
    };
    let decision = await stage("select", { ...call, context, pruner }, async (given) => {
      context = given.context;
      return given.pruner.select(context);
    });
    let keep = checkKeep(decision.keep, tokens, decision.decision);
    events.report("selection-available", { episode: this.id, ...decision });

    const { raw, actionAttention } = await stage("act", { ...call, prepared, head, keep }, async (given) => {
      resources.assertLive("prefillHead", given.head.state);
      keep = checkKeep(given.keep, tokens);
      return adapter.act(given.prepared, given.head, keep, call);
    });

    if (keep !== decision.keep)
      decision = { ...decision, decision: keep.length === tokens ? "dense" : "pruned", keep };

    const chosen = pruner.temporal?.actionLayers ?? layout.actionLayers;
    const score = combineLayers(actionAttention, chosen, keep, tokens);
    let next = memory;
    await stage("observe", { ...call, actionAttention: score, keep }, async (given) => {
      const seen = seenTokens(actionAttention, chosen, given.keep, tokens);
      const remembered = checkScore(given.actionAttention, tokens);
      next = memory.observe({ context, decision }, remembered, seen, vision.views);
    });

    const chunk = await stage("toAction", { ...call, raw }, async (given) => adapter.toAction(given.raw));

    if (drafts !== null && chunk.tokens !== null)
      next = next.withDraft(memory.draft.observe(chunk.tokens, drafts));

    const result = {
      episode: this.id,
      step: memory.temporal.step,
      action: chunk.actions[0] ?? [],
      actions: chunk.actions,
      tokens: chunk.tokens,
      ...(draft && chunk.tokens && { draft: draftResult(draft, chunk.tokens, next.draft) }),
      decision: decision.decision,
      reason: decision.reason,
      views: vision.views,
      keep,
      semantic: head.semantic.scores,
      semanticRows: pruner.semanticRows ?? layout.semanticRows,
      forecast,
      actionAttention: next.temporal.newest(vision.views) ?? score,
      sequence: head.sequence,
      timings,
    };
    return { result, next };
  }
}
