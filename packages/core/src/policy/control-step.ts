import { countTokens } from "../adapter/layout.ts";
import { chooseDraft, draftResult } from "../drafts/choose-draft.ts";
import { combineLayers } from "../memory/combine-layers.ts";
import type { EpisodeMemory } from "../memory/episode-memory.ts";
import { seenTokens } from "../memory/seen-tokens.ts";
import type { StageName } from "../middleware/stage-middleware.ts";
import type { Observation, ObservationInput } from "../observation.ts";
import type { PruneContext, PruneDecision } from "../token-pruner.ts";
import type { ActResult, SeenAhead, StepCall, Warn } from "../vla-adapter.ts";
import { checkChunk, checkKeep, checkScore, checkSeen, checkVision } from "./check-stage.ts";
import { contextOf } from "./context-of.ts";
import type { StepOptions } from "./episode.ts";
import type { LocalEpisodeParts } from "./local-episode-parts.ts";
import { readObservation } from "./read-observation.ts";
import { stageRunner } from "./stage-runner.ts";
import type { StepResources } from "./step-resources.ts";
import type { StepResult } from "./step-result.ts";

/** What a step goes on from. */
export interface StepStart {
  readonly memory: EpisodeMemory;
  readonly resources: StepResources;
  readonly warn: Warn;
}

/** The way of the data, camera frame to action. */
export async function controlStep(
  { id, adapter, pruner, middleware, events, cameras, drafts, selectAhead }: LocalEpisodeParts,
  input: ObservationInput,
  { signal, draft: foretold }: StepOptions,
  { memory, resources, warn }: StepStart,
): Promise<{ result: StepResult; next: EpisodeMemory }> {
  const { layout } = adapter;
  const draft = chooseDraft(adapter, foretold, memory.draft, drafts);
  const verified = draft?.verified === true && { draft: draft.tokens };
  const call: StepCall = { episode: id, signal, step: memory.temporal.step, warn, ...verified };
  const timings: Partial<Record<StageName, number>> = {};
  const stage = stageRunner({ events, middleware, timings, call });

  let observation: Observation = {};
  const prepared = await stage("prepare", { ...call, observation: input }, async (given) => {
    observation = await readObservation(given.observation, { cameras, layout, warn });
    return adapter.prepare(observation, call);
  });

  /** This call's choice, or ahead the next call's. */
  const select = async (asked: PruneContext): Promise<{ context: PruneContext; decision: PruneDecision }> => {
    let context = asked;
    const decision = await stage("select", { ...call, context, pruner }, async (given) => {
      context = given.context;
      return given.pruner.select(context);
    });
    checkKeep(decision.keep, context.vision, decision.decision);
    events.report("selection-available", { episode: id, ...decision });
    return { context, decision };
  };

  let seen: SeenAhead, context: PruneContext, decision: PruneDecision, keep: Int32Array, acted: ActResult;
  const whole = selectAhead ? adapter.ahead : undefined;
  if (whole === undefined) {
    const vision = await stage("encodeVision", { ...call, prepared }, async (given) =>
      resources.ownVision(await adapter.encodeVision(given.prepared, call)),
    );
    resources.assertLive("encodeVision", vision.features);
    checkVision(vision);

    const head = await stage("prefillHead", { ...call, prepared, vision }, async (given) => {
      resources.assertLive("encodeVision", given.vision.features);
      return resources.ownHead(await adapter.prefillHead(given.prepared, given.vision, call));
    });
    resources.assertLive("prefillHead", head.state);
    seen = { vision, head };

    context = contextOf(adapter, observation, seen, memory);
    if (selectAhead) decision = memory.ahead.decisionFor(vision.views);
    else ({ context, decision } = await select(context));
    ({ keep } = decision);

    acted = await stage("act", { ...call, prepared, head, keep }, async (given) => {
      resources.assertLive("prefillHead", given.head?.state);
      keep = checkKeep(given.keep, countTokens(vision.views));
      return adapter.act(given.prepared, given.head ?? head, keep, call);
    });
  } else {
    const views = whole.viewsOf(prepared);
    decision = memory.ahead.decisionFor(views);
    ({ keep } = decision);
    acted = await stage("act", { ...call, prepared, head: null, keep }, async (given) => {
      keep = checkKeep(given.keep, countTokens(views));
      return whole.run(given.prepared, keep, call);
    });
    seen = checkSeen(acted, views);
    context = contextOf(adapter, observation, seen, memory);
  }

  const { raw, actionAttention, passes } = acted;
  const { views } = seen.vision;
  const tokens = context.vision;
  if (keep !== decision.keep)
    decision = { ...decision, decision: keep.length === tokens ? "dense" : "pruned", keep };

  const chosenLayers = pruner.temporal?.actionLayers ?? layout.actionLayers;
  const score = combineLayers(actionAttention, chosenLayers, keep, tokens);
  let next = memory;
  await stage("observe", { ...call, actionAttention: score, keep }, async (given) => {
    const measured = seenTokens(actionAttention, chosenLayers, given.keep, tokens);
    const remembered = checkScore(given.actionAttention, tokens);
    next = memory.observe({ context, decision }, remembered, measured, views);
  });

  if (selectAhead) {
    const chosen = await select(contextOf(adapter, observation, seen, next));
    next = next.withAhead(chosen.decision, views);
  }

  const chunk = await stage("toAction", { ...call, raw }, async (given) => adapter.toAction(given.raw));
  checkChunk(chunk);
  if (drafts !== null && chunk.tokens !== null)
    next = next.withDraft(memory.draft.observe(chunk.tokens, drafts));

  const result = {
    episode: id,
    step: memory.temporal.step,
    action: chunk.actions[0] ?? [],
    actions: chunk.actions,
    tokens: chunk.tokens,
    ...(draft && chunk.tokens && { draft: draftResult(draft, chunk.tokens, next.draft, passes) }),
    decision: decision.decision,
    reason: decision.reason,
    views,
    keep,
    semantic: seen.head.semantic.scores,
    semanticRows: pruner.semanticRows ?? layout.semanticRows,
    forecast: memory.temporal.forecast(views),
    actionAttention: next.temporal.newest(views) ?? score,
    sequence: seen.head.sequence,
    timings,
  };
  return { result, next };
}
