import { isWhole, listOf, objectOf, shaped, VlaPrunerError } from "@vla-pruner/format";
import type { Shape, Test } from "@vla-pruner/format";
import { countTokens } from "../adapter/layout.ts";
import { forecastOf } from "./forecast.ts";
import { checkTemporalOptions } from "./temporal-options.ts";
import type { TemporalOptions } from "./temporal-options.ts";
import type { ViewSpan } from "../vla-adapter.ts";

/** Past action attention of every view, newest first: JSON-safe, so that an episode can be saved. */
export interface TemporalState {
  readonly step: number;
  readonly history: Readonly<Record<string, readonly (readonly number[])[]>>;
}

/** A number that stays finite where it is kept, in float32. */
const isFloat32: Test = (value) => typeof value === "number" && Number.isFinite(Math.fround(value));

const isState: Test = shaped({
  step: isWhole,
  history: objectOf(listOf(listOf(isFloat32))),
} satisfies Shape<TemporalState>);

/**
 * The decaying window over past action attention, one history a view (method 3). Immutable: `observe`
 * gives the next memory, so a step that fails leaves the old one as it was.
 */
export class TemporalMemory {
  readonly options: Required<Omit<TemporalOptions, "actionLayers">>;
  readonly step: number;
  readonly #history: ReadonlyMap<string, readonly Float32Array[]>;

  constructor(
    options: TemporalOptions = {},
    step = 0,
    history: ReadonlyMap<string, readonly Float32Array[]> = new Map(),
  ) {
    this.options = checkTemporalOptions(options);
    this.step = step;
    this.#history = history;
  }

  /** Forecast `[vision]` over the given views; `null` until each of them has a full window. */
  forecast(views: readonly ViewSpan[]): Float32Array | null {
    const { window } = this.options;
    const forecast = new Float32Array(countTokens(views));
    for (const view of views) {
      const entries = (this.#history.get(view.name) ?? []).slice(0, window);
      if (entries.length < window || entries.some((entry) => entry.length !== view.count)) return null;
      forecast.set(forecastOf(entries, this.options), view.start);
    }
    return forecast;
  }

  /**
   * The memory after one more completed call.
   *
   * @param attention action attention `[vision]`, 0 where no chosen layer saw the token
   * @param seen visual indices that a chosen layer saw, ascending; only the others are carried
   */
  observe(attention: Float32Array, seen: Int32Array, views: readonly ViewSpan[]): TemporalMemory {
    const history = new Map(this.#history);
    const measured = new Set(seen);
    for (const view of views) {
      const entry = attention.slice(view.start, view.start + view.count);
      const past = history.get(view.name) ?? [];
      if (this.options.unseen === "carry") this.#carry(entry, past[0], measured, view.start);
      history.set(view.name, [entry, ...past].slice(0, this.options.window));
    }
    return new TemporalMemory(this.options, this.step + 1, history);
  }

  /** The newest record over the given views, `[vision]`; `null` before the first call. */
  newest(views: readonly ViewSpan[]): Float32Array | null {
    const record = new Float32Array(countTokens(views));
    for (const view of views) {
      const entry = this.#history.get(view.name)?.[0];
      if (entry === undefined || entry.length !== view.count) return null;
      record.set(entry, view.start);
    }
    return record;
  }

  save(): TemporalState {
    const entries = [...this.#history].map(
      ([view, past]) => [view, past.map((entry) => [...entry])] as const,
    );
    return { step: this.step, history: Object.fromEntries(entries) };
  }

  /** @throws `state-invalid` */
  static restore(options: TemporalOptions, state: TemporalState): TemporalMemory {
    if (!isState(state)) {
      throw new VlaPrunerError("state-invalid", {
        expected: "a saved episode state: {step, history: {view: [[…finite numbers]]}}",
        found: "something else",
        fix: "pass what episode.saveState() returned, unchanged",
      });
    }
    const history = Object.entries(state.history).map(
      ([view, past]) => [view, past.map((row) => Float32Array.from(row))] as const,
    );
    return new TemporalMemory(options, state.step, new Map(history));
  }

  #carry(
    entry: Float32Array,
    previous: Float32Array | undefined,
    measured: ReadonlySet<number>,
    start: number,
  ): void {
    if (previous === undefined) return;
    for (let index = 0; index < entry.length; index += 1) {
      if (!measured.has(start + index)) entry[index] = this.options.decay * (previous[index] ?? 0);
    }
  }
}
