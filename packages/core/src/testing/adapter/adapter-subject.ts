import type { SemanticRows } from "@vla-pruner/format";
import type { Observation, PixelValues } from "../../observation.ts";
import type { VlaAdapter } from "../../vla-adapter.ts";

/** An adapter under test, and what it can be fed with. */
export interface AdapterSubject {
  /** May give the same adapter every time: adapters keep nothing between steps. */
  createAdapter(): VlaAdapter | Promise<VlaAdapter>;
  /** At least four, all different, each with every view. */
  readonly observations: readonly Observation[];
  /**
   * The pixels that the official preprocessing makes of frames of one colour, in every view: what tells a swapped
   * channel order or a wrong normalisation from the right one. For adapters that take `pixelValues`.
   *
   * @param colour red, green and blue, each 0 … 255
   */
  readonly pixelsOfColour?: (colour: readonly [red: number, green: number, blue: number]) => PixelValues;
  /**
   * Semantic scores that are known from elsewhere, the official code for example. No behaviour tells `text` from
   * `raters`, nor `last` from both where every row sees every column: only a reference does.
   */
  readonly knownScores?: {
    readonly observation: Observation;
    readonly scores: Readonly<Partial<Record<SemanticRows, ArrayLike<number>>>>;
    /** Largest difference, as a share of the largest score. Default 1e-3. */
    readonly tolerance?: number;
  };
}

/** One thing that every adapter must do; rejects with an assertion error when this one does not. */
export type AdapterCheck = (subject: AdapterSubject) => Promise<void>;
