import type { SweepPlan } from "../../src/index.ts";
import { TASK } from "./fake-simulator.ts";

/** Two tasks in one suite, one policy, the dense model and two pruners at two retentions. */
export const PLAN: SweepPlan = {
  policies: [{ name: "fake", path: "fake" }],
  pruners: ["keep-all", "vla-pruner", "random"],
  retentions: [0.5, 0.25],
  warmups: ["semantic"],
  suites: { spatial: [TASK, { ...TASK, name: "spatial/other" }] },
  episodes: 2,
  settings: { variants: {} },
};
