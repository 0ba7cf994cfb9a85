import { prunerContract } from "@vla-pruner/core/testing";
import { PRUNERS, vlaPruner } from "../../src/index.ts";
import type { PrunerOptions, TokenPruner } from "../../src/index.ts";

const MAKERS: Readonly<Record<string, (options: PrunerOptions) => TokenPruner>> = {
  ...Object.fromEntries(Object.entries(PRUNERS).map(([name, { make }]) => [name, make])),
  "vla-pruner from the first call": (options) => vlaPruner({ ...options, warmup: "semantic" }),
  "vla-pruner by visible prefill rows": (options) =>
    vlaPruner({ ...options, warmup: "semantic", semanticRows: "prefill", visibleRows: true }),
};

for (const [pruner, make] of Object.entries(MAKERS)) {
  describe(`pruner ${pruner}`, () => {
    for (const [name, check] of Object.entries(prunerContract)) {
      // Keep-all takes no retention: it has none to state or to refuse.
      if (pruner === "keep-all" && /^(states|refuses)/.test(name)) continue;
      it(name, () => check(make));
    }
  });
}
