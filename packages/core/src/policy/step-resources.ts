import { VlaPrunerError } from "@vla-pruner/format";
import type { StageName } from "../middleware/stage-middleware.ts";
import type { HeadResult, VisionTokens, VlaAdapter } from "../vla-adapter.ts";

/** Of all steps: only what is freed can be told from a copy that a middleware made. */
const freed = new WeakSet<object>();

/** Owns what the adapter makes in one step, and has it freed at the step's end. */
export class StepResources {
  readonly #adapter: VlaAdapter;
  #vision: VisionTokens | undefined;
  #head: HeadResult | undefined;

  constructor(adapter: VlaAdapter) {
    this.#adapter = adapter;
  }

  ownVision(vision: VisionTokens): VisionTokens {
    return (this.#vision = vision);
  }

  ownHead(head: HeadResult): HeadResult {
    return (this.#head = head);
  }

  /**
   * Refuses what a middleware kept from an earlier step, before a session fails on a freed buffer.
   *
   * @param part features or state of a stage's result
   * @throws `middleware-misuse`
   */
  assertLive(stage: StageName, part: unknown): void {
    if (part === this.#vision?.features || part === this.#head?.state || !freed.has(part as object)) return;
    throw new VlaPrunerError("middleware-misuse", {
      expected: `a result of ${stage} that was made in this step`,
      found: "one of an earlier step, whose buffers are freed",
      fix: "call next() in every step, or copy the tensors that should outlive one",
    });
  }

  release(): void {
    if (this.#adapter.release === undefined) return;
    for (const part of [this.#vision?.features, this.#head?.state])
      if (typeof part === "object" && part !== null) freed.add(part);
    this.#adapter.release({
      ...(this.#vision && { vision: this.#vision }),
      ...(this.#head && { head: this.#head }),
    });
  }
}
