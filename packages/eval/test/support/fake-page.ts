import { runInNewContext } from "node:vm";
import { FakeElement } from "./fake-element.ts";
import { dataOf, scriptOf } from "./report-parts.ts";

/** A report whose script runs, without a browser. */
export interface FakePage {
  readonly slider: FakeElement;
  readonly play: FakeElement;
  readonly mark: FakeElement;
  readonly position: FakeElement;
  readonly map: FakeElement;
  readonly episodes: readonly FakeElement[];
  readonly press: (key: string) => void;
  /** Lets the clock of the player strike once. */
  readonly tick: () => void;
}

/** Pixels for a canvas. */
class FakePixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;

  constructor(data: Uint8ClampedArray, width: number) {
    this.data = data;
    this.width = width;
  }
}

/** Runs a report's script over elements like the ones of its page. */
export async function openReport(html: string): Promise<FakePage> {
  const data = dataOf(html);
  const episodes = data.map(({ cameras }) => fakeEpisode(cameras.length));
  const slider = new FakeElement();
  const play = new FakeElement();
  const mark = new FakeElement();
  const position = new FakeElement();
  const map = new FakeElement();
  const text = new FakeElement();
  Object.assign(slider, { value: "0", max: /max="(\d+)"/u.exec(html)?.[1] ?? "" });
  mark.checked = true;
  map.dataset["map"] = "semantic";
  text.textContent = scriptOf(html, ' type="application/json" id="data"');
  const byId: Record<string, FakeElement> = { slider, play, mark, position, data: text };
  const root = new FakeElement({ ".episode": episodes, ".map": [map] });
  const page = Object.assign(root, {
    getElementById: (id: string) => byId[id],
    createElement: () => new FakeElement(),
    querySelector: () => (map.getAttribute("aria-pressed") === "true" ? map : null),
  });
  let strike: (() => void) | null = null;
  const world = {
    document: page,
    atob,
    Image: class {
      decode = (): Promise<void> => Promise.resolve();
    },
    ImageData: FakePixels,
    setInterval: (act: () => void) => {
      strike = act;
      return 1;
    },
    clearInterval: () => {
      strike = null;
    },
  };
  runInNewContext(scriptOf(html, ""), world);
  await new Promise(setImmediate);
  const press = (key: string): void =>
    page.fire("keydown", { key, target: new FakeElement(), preventDefault: () => undefined });
  return { slider, play, mark, position, map, episodes, press, tick: () => strike?.() };
}

function fakeEpisode(cameras: number): FakeElement {
  const figures = Array.from({ length: cameras }, () => {
    const canvas = [new FakeElement(), new FakeElement(), new FakeElement()];
    return new FakeElement({
      canvas,
      ".picture": [new FakeElement()],
      "figcaption span": [new FakeElement()],
    });
  });
  return new FakeElement({ figure: figures, ".call": one(), ".cursor": one(), ".actions": one() });
}

function one(): FakeElement[] {
  return [new FakeElement()];
}
