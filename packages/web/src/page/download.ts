import type { Catalogue, PolicyEntry } from "../catalogue.ts";

const MEGABYTE = 1e6;

/** All that a browser downloads to play with a policy, in words. */
export function sizeOf(catalogue: Catalogue, policy: PolicyEntry): string {
  return `${Math.round(bytesOf(catalogue, policy) / MEGABYTE)} MB`;
}

function bytesOf({ binaries }: Catalogue, policy: PolicyEntry): number {
  return policy.bytes + binaries.runtime.bytes + binaries.physics.bytes;
}

/** A bar with sizes for what one policy takes. */
export class Download {
  readonly #place: HTMLElement;
  #total = 1;
  #loaded = new Map<string, number>();

  /** @param place holds a title, a size, a `progress` and a line for the file */
  constructor(place: HTMLElement) {
    this.#place = place;
  }

  begin(catalogue: Catalogue, policy: PolicyEntry): void {
    this.#total = bytesOf(catalogue, policy);
    this.#loaded = new Map();
    this.#place.hidden = false;
    this.#show("");
  }

  update(file: string, loaded: number): void {
    this.#loaded.set(file, loaded);
    this.#show(file.split("/").at(-1) ?? file);
  }

  end(): void {
    this.#place.hidden = true;
  }

  #show(file: string): void {
    const loaded = Math.min(
      this.#total,
      [...this.#loaded.values()].reduce((sum, bytes) => sum + bytes, 0),
    );
    const [size, bar, line] = [".numbers", "progress", "p"].map((selector) =>
      this.#place.querySelector(selector),
    );
    if (size)
      size.textContent = `${(loaded / MEGABYTE).toFixed(1)} of ${(this.#total / MEGABYTE).toFixed(1)} MB`;
    if (bar instanceof HTMLProgressElement) bar.value = loaded / this.#total;
    if (line) line.textContent = loaded === this.#total ? "preparing the sessions" : file;
  }
}
