import type { VlaAdapter } from "./vla-adapter.ts";
import type { VlaModelParts } from "./vla-model-parts.ts";

/** What a plugin's factory gives: the name of its architecture and how to build an adapter from a loaded model. */
export interface VlaPlugin {
  readonly architecture: string;
  createAdapter(model: VlaModelParts): VlaAdapter;
}

/**
 * What every plugin takes, so that callers which know no plugin (the command line) can pass it to any. A plugin leaves
 * out what its architecture has no use for; options that are neither here nor its own it refuses by name.
 */
export interface PluginOptions {
  /** Training set whose statistics normalise state and actions; needed where the model has several. */
  readonly unnormKey?: string;
  /** Crops frames to 0.9 of their area first, as models trained with random crops expect (LIBERO). Default false. */
  readonly centerCrop?: boolean;
  /** Seed of the starting noise of a flow or diffusion head, where an observation brings none. Default 0. */
  readonly seed?: number;
  /**
   * What that noise depends on beside the seed: the `observation`, down to its last bit; the `step`'s number; nothing
   * (`fixed`), so that actions do not jump where the state hardly changes. Default `observation`.
   */
  readonly noise?: NoiseSource;
}

/** What starting noise is drawn from, beside the seed. */
export type NoiseSource = "observation" | "step" | "fixed";

/** What a plugin's package exports as `plugin`, and under a name of its own. */
export type PluginFactory = (options?: PluginOptions) => VlaPlugin;
