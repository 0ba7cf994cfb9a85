import { seededRandom } from "@vla-pruner/core/adapter";

/** Choices that are the same for the same seeds. */
export class Draw {
  readonly #random: () => number;

  constructor(...seeds: readonly number[]) {
    const [first = 0, ...rest] = seeds;
    this.#random = seededRandom(first, ...rest);
  }

  /** 0 … count − 1 */
  below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  one<Value>(values: readonly Value[]): Value {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new RangeError("nothing to choose from");
    return value;
  }
}
