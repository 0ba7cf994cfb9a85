import { refused } from "./pickled.ts";
import type { Pickled } from "./pickled.ts";

/** Where a list of items begins on the stack. */
export const MARK: unique symbol = Symbol("mark");

/** The stack and the memo of a pickle that is being read. */
export class PickleMachine {
  readonly where: string;
  readonly memo: Map<number, Pickled> = new Map();
  readonly #stack: (Pickled | typeof MARK)[] = [];

  constructor(where: string) {
    this.where = where;
  }

  push(value: Pickled | typeof MARK): void {
    this.#stack.push(value);
  }

  pop(): Pickled {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw refused(this.where, "a pickle whose stack runs empty");
    return value;
  }

  top(): Pickled {
    const value = this.pop();
    this.push(value);
    return value;
  }

  popToMark(): Pickled[] {
    const place = this.#stack.lastIndexOf(MARK);
    if (place < 0) throw refused(this.where, "a pickle without a mark");
    return this.#stack.splice(place).slice(1) as Pickled[];
  }

  setItems(items: readonly Pickled[]): void {
    const target = this.top();
    if (!(target instanceof Map)) throw refused(this.where, "items set on something that is no dictionary");
    for (let index = 0; index < items.length; index += 2)
      target.set(items[index] ?? null, items[index + 1] ?? null);
  }

  append(items: readonly Pickled[]): void {
    const target = this.top();
    if (!Array.isArray(target)) throw refused(this.where, "items appended to something that is no list");
    for (const item of items) target.push(item);
  }
}
