import { chooseDraft, draftResult } from "../drafts/choose-draft.ts";
import { combineLayers } from "../memory/combine-layers.ts";
import type { EpisodeMemory } from "../memory/episode-memory.ts";
import { seenTokens } from "../memory/seen-tokens.ts";
import type { StageName } from "../middleware/stage-middleware.ts";
import type { Observation, ObservationInput } from "../observation.ts";
import type { PruneContext, PruneDecision } from "../token-pruner.ts";
import type { StepCall, Warn } from "../vla-adapter.ts";
import { checkCurrentAction, checkKeep, checkScore, checkSemantic, checkVision } from "./check-stage.ts";
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
  /** This call's choice, or ahead the next call's. */
  const select = async (asked: PruneContext): Promise<{ seen: PruneContext; chosen: PruneDecision }> => {
    let seen = asked;
    const chosen = await stage("select", { ...call, context: asked, pruner }, async (given) => {
      seen = given.context;
      return given.pruner.select(seen);
    });
    checkKeep(chosen.keep, tokens, chosen.decision);
    events.report("selection-available", { episode: id, ...chosen });
    return { seen, chosen };
  };
  let decision: PruneDecision;
  if (selectAhead) decision = memory.ahead.decisionFor(vision.views);
  else ({ seen: context, chosen: decision } = await select(context));

  let { keep } = decision;
  const { raw, actionAttention } = await stage("act", { ...call, prepared, head, keep }, async (given) => {
    resources.assertLive("prefillHead", given.head.state);
    keep = checkKeep(given.keep, tokens);
    return adapter.act(given.prepared, given.head, keep, call);
  });

  if (keep !== decision.keep)
    decision = { ...decision, decision: keep.length === tokens ? "dense" : "pruned", keep };

  const chosenLayers = pruner.temporal?.actionLayers ?? layout.actionLayers;
  const score = combineLayers(actionAttention, chosenLayers, keep, tokens);
  let next = memory;
  await stage("observe", { ...call, actionAttention: score, keep }, async (given) => {
    const seen = seenTokens(actionAttention, chosenLayers, given.keep, tokens);
    const remembered = checkScore(given.actionAttention, tokens);
    next = memory.observe({ context, decision }, remembered, seen, vision.views);
  });

  if (selectAhead) {
    const { temporal, own } = next;
    const newest = { forecast: temporal.forecast(vision.views), step: temporal.step, memory: own };
    next = next.withAhead((await select({ ...context, ...newest })).chosen, vision.views);
  }

  const chunk = await stage("toAction", { ...call, raw }, async (given) => adapter.toAction(given.raw));

  if (drafts !== null && chunk.tokens !== null)
    next = next.withDraft(memory.draft.observe(chunk.tokens, drafts));

  const result = {
    episode: id,
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
