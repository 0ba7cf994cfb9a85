import { createPolicy, vlaPruner } from "@vla-pruner/core";
import type { Episode, StageMiddleware, VlaPrunerError } from "@vla-pruner/core";
import { FakeAdapter } from "@vla-pruner/core/testing";
import type { PolicyHost } from "../../src/index.ts";

export interface FakeHostOptions {
  readonly views?: readonly string[];
  readonly horizon?: number;
  /** Goes around every stage: to hold a call where a test wants it. */
  readonly around?: StageMiddleware;
}

/** A policy in this process whose actions depend on everything that it sees and remembers. */
export class FakeHost implements PolicyHost {
  readonly facts;
  readonly adapter: FakeAdapter;
  readonly lost: Promise<VlaPrunerError>;
  /** Episodes that were let go. */
  ended = 0;
  lose: (reason: VlaPrunerError) => void = () => undefined;
  readonly #policy;

  constructor({ views = ["image"], horizon = 2, around }: FakeHostOptions = {}) {
    this.adapter = new FakeAdapter({ views, horizon });
    this.facts = { architecture: "fake", layout: this.adapter.layout, state: 8, unnormKey: "fake_set" };
    const pruner = vlaPruner({ retention: 0.25, window: 2 });
    this.#policy = createPolicy({ adapter: this.adapter, pruner, ...(around && { middleware: [around] }) });
    this.lost = new Promise((resolve) => {
      this.lose = resolve;
    });
  }

  startEpisode({ id }: { readonly id: string }): Episode {
    return this.#policy.startEpisode({ id });
  }

  endEpisode(): void {
    this.ended += 1;
  }

  dispose(): Promise<void> {
    return this.#policy.dispose();
  }
}
