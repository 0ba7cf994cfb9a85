import { adapterContract, FakeAdapter } from "@vla-pruner/core/testing";
import type { FakeAdapterOptions } from "@vla-pruner/core/testing";
import { observe } from "../support/observations.ts";

const FAKES: Readonly<Record<string, FakeAdapterOptions>> = {
  "one causal view": {},
  "two views that every row sees, in chunks": { views: ["image", "wrist"], horizon: 4, causal: false },
  "a cut before the last layer": { visionTokensPerView: 9, layers: 4, pruneLayer: 3 },
};

for (const [what, options] of Object.entries(FAKES)) {
  describe(`fake adapter: ${what}`, () => {
    const observations = [0, 1, 2, 3].map((index) => observe(index, ...(options.views ?? [])));
    const subject = { createAdapter: () => new FakeAdapter(options), observations };
    for (const [name, check] of Object.entries(adapterContract)) it(name, () => check(subject));
  });
}
