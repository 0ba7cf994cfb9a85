import { ABSENT } from "./absent.ts";
import { graphInvalid } from "./graph-invalid.ts";
import type { Value } from "./graph-model.ts";
import type { ElementType } from "./value-types.ts";

/** The values that are known at a place of a graph, with their types. A branch sees those around it, too. */
export class GraphScope {
  readonly #types = new Map<Value, ElementType>();
  readonly #outer: GraphScope | undefined;
  /** Values that somebody reads, of all scopes together. */
  readonly read: Set<Value>;

  constructor(outer?: GraphScope) {
    this.#outer = outer;
    this.read = outer?.read ?? new Set();
  }

  /** @throws `graph-invalid` where the name is empty or taken */
  define(name: Value, type: ElementType, place: string): void {
    if (name === "" || name === ABSENT)
      throw graphInvalid(`a name for ${place}`, name === "" ? "an empty one" : name, "give it one");
    if (this.#typeOf(name) !== undefined)
      throw graphInvalid(`one value of the name ${name}`, `another as ${place}`, "give them different names");
    this.#types.set(name, type);
  }

  /**
   * The type of a value that `place` reads.
   *
   * @throws `graph-invalid` where no such value is known yet
   */
  use(name: Value, place: string): ElementType {
    const type = this.#typeOf(name);
    if (type === undefined)
      throw graphInvalid(
        `for ${place} a value that is there by then`,
        name === "" ? "an empty name" : `${name}, which is made later or never`,
        "pass a value of the graph, or ABSENT where the input is optional",
      );
    this.read.add(name);
    return type;
  }

  /** Whether the value is made here, not around here. */
  owns(name: Value): boolean {
    return this.#types.has(name);
  }

  #typeOf(name: Value): ElementType | undefined {
    const type = this.#types.get(name);
    return type === undefined && this.#outer !== undefined ? this.#outer.#typeOf(name) : type;
  }
}
