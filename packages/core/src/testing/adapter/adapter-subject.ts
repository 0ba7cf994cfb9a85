import type { Observation } from "../../observation.ts";
import type { VlaAdapter } from "../../vla-adapter.ts";

/** An adapter under test, and what it can be fed with. */
export interface AdapterSubject {
  /** May give the same adapter every time: adapters keep nothing between steps. */
  createAdapter(): VlaAdapter | Promise<VlaAdapter>;
  /** At least four, all different, each with every view. */
  readonly observations: readonly Observation[];
}

/** One thing that every adapter must do; rejects with an assertion error when this one does not. */
export type AdapterCheck = (subject: AdapterSubject) => Promise<void>;
