import type { Catalogue, ModelEntry, PolicyEntry } from "../catalogue.ts";

const MEGABYTE = 1e6;

/** All that a browser downloads to play with a policy, in words. */
export function sizeOf(catalogue: Catalogue, policy: PolicyEntry): string {
  return `${Math.round((bytesOf(catalogue, policy) ?? 0) / MEGABYTE)} MB`;
}

/** `null` where it is not known before. */
function bytesOf({ binaries }: Catalogue, model: ModelEntry): number | null {
  if (model.bytes === null) return null;
  return model.bytes + binaries.runtime.bytes + (model.kind === "policy" ? binaries.physics.bytes : 0);
}

/** A bar with sizes for what one model takes. */
export class Download {
  readonly #place: HTMLElement;
  #total: number | null = 1;
  #loaded = new Map<string, number>();

  /** @param place holds a title, a size, a `progress` and a line for the file */
  constructor(place: HTMLElement) {
    this.#place = place;
  }

  begin(catalogue: Catalogue, model: ModelEntry): void {
    this.#total = bytesOf(catalogue, model);
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
    const all = [...this.#loaded.values()].reduce((sum, bytes) => sum + bytes, 0);
    const total = this.#total;
    const loaded = Math.min(total ?? all, all);
    const [size, bar, line] = [".numbers", "progress", "p"].map((selector) =>
      this.#place.querySelector(selector),
    );
    if (size)
      size.textContent = `${(loaded / MEGABYTE).toFixed(1)}${total === null ? "" : ` of ${(total / MEGABYTE).toFixed(1)}`} MB`;
    if (bar instanceof HTMLProgressElement) {
      if (total === null) bar.removeAttribute("value");
      else bar.value = loaded / total;
    }
    if (line) line.textContent = loaded === total ? "preparing the sessions" : file;
  }
}
