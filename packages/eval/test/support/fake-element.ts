/** As much of an element as the page's script touches. It notes what is drawn on it. */
export class FakeElement {
  textContent = "";
  value = "";
  max = "";
  checked = false;
  className = "";
  width = 0;
  height = 0;
  readonly style: Record<string, string> = {};
  readonly dataset: Record<string, string> = {};
  readonly classes = new Set<string>();
  readonly attributes = new Map<string, string>();
  readonly drawn: (readonly unknown[])[] = [];
  readonly #parts: Readonly<Record<string, readonly FakeElement[]>>;
  readonly #listeners = new Map<string, (event: unknown) => void>();

  /** @param parts what `querySelector` finds, by selector */
  constructor(parts: Readonly<Record<string, readonly FakeElement[]>> = {}) {
    this.#parts = parts;
  }

  readonly classList = {
    toggle: (name: string, on: boolean): void =>
      void (on ? this.classes.add(name) : this.classes.delete(name)),
  };

  querySelectorAll(selector: string): readonly FakeElement[] {
    const found = this.#parts[selector];
    if (found === undefined) throw new Error(`nothing is known of ${selector}`);
    return found;
  }

  querySelector(selector: string): FakeElement | null {
    return this.querySelectorAll(selector)[0] ?? null;
  }

  getContext(): object {
    const note =
      (name: string) =>
      (...words: unknown[]): void =>
        void this.drawn.push([name, ...words]);
    return { drawImage: note("frame"), putImageData: note("pixels"), fillRect: note("edge") };
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }

  closest(): FakeElement | null {
    return null;
  }

  append(): void {}

  replaceChildren(...children: readonly unknown[]): void {
    this.drawn.push(children);
  }

  addEventListener(name: string, listener: (event: unknown) => void): void {
    this.#listeners.set(name, listener);
  }

  fire(name: string, event: unknown = {}): void {
    this.#listeners.get(name)?.(event);
  }
}
