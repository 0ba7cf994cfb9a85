import assert from "node:assert/strict";
import { VlaPrunerError } from "@vla-pruner/format";
import type { Observation } from "../../observation.ts";
import type { VlaAdapter } from "../../vla-adapter.ts";
import type { AdapterCheck } from "./adapter-subject.ts";
import { assertNear } from "./assert-near.ts";
import { inOneColour, inOtherWords } from "./changed-observation.ts";
import type { Colour } from "./changed-observation.ts";
import { runStages } from "./run-stages.ts";
import type { StageRun } from "./run-stages.ts";

const COLOURS: Readonly<Record<string, Colour>> = {
  black: [0, 0, 0],
  red: [255, 0, 0],
  green: [0, 255, 0],
  blue: [0, 0, 255],
};
/** Between pixels of ours and pixels as given: rounding of the normalisation. */
const PIXEL_TOLERANCE = 1e-3;

/** Every part of an observation must reach the model: two that differ in one part alone give two results. */
export const observationChecks: Readonly<Record<string, AdapterCheck>> = {
  async "observation: the picture of every view tells"(subject) {
    const adapter = await subject.createAdapter();
    const [example, other] = [adapter.exampleObservation(1), adapter.exampleObservation(2)];
    const base = await runStages(adapter, example);
    for (const { name } of adapter.layout.views) {
      const frame = other.images?.[name];
      assert.ok(frame !== undefined, `exampleObservation: no frame of ${name}`);
      const changed = await runStages(adapter, { ...example, images: { ...example.images, [name]: frame } });
      assert.notDeepEqual(changed.vision.similarity, base.vision.similarity, `${name}: similarity`);
      assert.notDeepEqual(changed.head.semantic, base.head.semantic, `${name}: semantic attention`);
      assert.notDeepEqual(changed.acted.actionAttention, base.acted.actionAttention, `${name}: attention`);
    }
  },

  async "observation: each colour tells, and its channel is where the subject says"(subject) {
    const adapter = await subject.createAdapter();
    // An adapter may draw its noise by the pixels, and pixels that are rounded otherwise would draw another.
    const noise = subject.observations[0]?.noise;
    const example = { ...adapter.exampleObservation(1), ...(noise && { noise }) };
    const before = new Map<string, StageRun>();
    for (const [name, colour] of Object.entries(COLOURS)) {
      const seen = await runStages(adapter, inOneColour(example, colour));
      for (const [other, { head }] of before)
        assert.notDeepEqual(seen.head.semantic, head.semantic, `${name} frames count as ${other} ones`);
      before.set(name, seen);
      if (subject.pixelsOfColour === undefined) continue;
      const { images: _, ...rest } = example;
      const given = await runStages(adapter, { ...rest, pixelValues: subject.pixelsOfColour(colour) });
      assertNear(
        seen.vision.similarity,
        given.vision.similarity,
        PIXEL_TOLERANCE,
        `${name} frames: similarity`,
      );
      for (const [rows, score] of Object.entries(given.head.semantic.scores))
        assertNear(valuesOf(seen, rows), score, PIXEL_TOLERANCE, `${name} frames: ${rows} rows`);
    }
  },

  async "observation: the words tell"(subject) {
    const adapter = await subject.createAdapter();
    for (const observation of [...subject.observations.slice(0, 1), adapter.exampleObservation(1)]) {
      const base = await runStages(adapter, observation);
      const changed = await runStages(adapter, inOtherWords(observation));
      assert.notDeepEqual(changed.head.semantic, base.head.semantic, "semantic attention");
      assert.notDeepEqual(changed.acted.actionAttention, base.acted.actionAttention, "action attention");
    }
  },

  async "observation: the state tells, and the example has one where the model reads it"(subject) {
    const adapter = await subject.createAdapter();
    const example = adapter.exampleObservation(1);
    const observations = [...subject.observations, example, adapter.exampleObservation(2)];
    const states = observations.flatMap(({ state }) => (state === undefined ? [] : [state]));
    for (const observation of [...subject.observations.slice(0, 1), example]) {
      const { state } = observation;
      if (state === undefined) continue;
      const other = states.find((values) => String(values) !== String(state));
      assert.ok(other !== undefined, "give observations of different states");
      const base = reported(await runStages(adapter, observation));
      assert.notDeepEqual(reported(await runStages(adapter, { ...observation, state: other })), base);
    }
    if (states.length === 0) await assertStateless(adapter, example);
  },
};

/** Where no observation has a state, one must not count: else the example leaves out what the model reads. */
async function assertStateless(adapter: VlaAdapter, example: Observation): Promise<void> {
  const changed = await runStages(adapter, { ...example, state: [0.25] }).catch((error: unknown) => {
    if (VlaPrunerError.is(error)) return null;
    throw error;
  });
  if (changed !== null) assert.deepEqual(reported(changed), reported(await runStages(adapter, example)));
}

/** All that a step gives. */
function reported({ vision, head, acted, chunk }: StageRun): unknown {
  return [vision.similarity, head.semantic, acted.actionAttention, chunk];
}

function valuesOf({ head }: StageRun, rows: string): Float32Array {
  return Object.entries(head.semantic.scores).find(([name]) => name === rows)?.[1] ?? new Float32Array(0);
}
