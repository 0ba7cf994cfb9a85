import type { ScoreName } from "../messages.ts";
import type { Overlay } from "./camera-views.ts";
import { byId, element } from "./elements.ts";

/** Pruners in the order of the list, with what they look at. */
const PRUNERS: readonly (readonly [name: string, words: string])[] = [
  ["recommended", "VLA-Pruner, recommended"],
  ["vla-pruner", "VLA-Pruner, as in the paper"],
  ["fastv", "FastV: attention of the last token"],
  ["sparsevlm", "SparseVLM: attention of the text"],
  ["text-vision", "Text to vision"],
  ["divprune", "DivPrune: diversity, no attention"],
  ["uniform", "Uniform grid"],
  ["random", "Random"],
  ["keep-all", "None: keep everything"],
];

const OVERLAYS: readonly (readonly [overlay: Overlay, words: string, title: string])[] = [
  ["kept", "Kept patches", "Patches that the upper layers see; the others are dark"],
  ["semantic", "Instruction", "Where the instruction looks, at the layer below the cut"],
  ["forecast", "Hands, forecast", "Where the action is expected to look, from the last three calls"],
  ["action", "Hands, measured", "Where the action looked at this call"],
  ["none", "Plain", "What the cameras give"],
];

/** Fills a list with the pruners. */
export function offerPruners(id: string): HTMLSelectElement {
  const list = byId(id, HTMLSelectElement);
  list.replaceChildren(...PRUNERS.map(([name, words]) => new Option(words, name)));
  return list;
}

/** Offers the overlays and hears which is chosen. */
export function offerOverlays(
  id: string,
  without: readonly ScoreName[],
  onChoice: (overlay: Overlay) => void,
): void {
  for (const [overlay, words, title] of OVERLAYS) {
    if (without.some((name) => name === overlay)) continue;
    const input = element("input", { type: "radio", name: id, value: overlay });
    input.checked = overlay === "kept";
    input.addEventListener("change", () => onChoice(overlay));
    byId(id).append(
      element("label", { class: `map is-${overlay}`, title }, input, element("span", {}, words)),
    );
  }
}

/** A slider of shares, its text, and who hears of it. */
export function wireShare(id: string, textId: string, onChange: () => void): () => number {
  const slider = byId(id, HTMLInputElement);
  const show = (): void => {
    byId(textId).textContent = `${slider.value} %`;
    slider.style.setProperty("--share", `${slider.value}%`);
  };
  slider.addEventListener("input", () => {
    show();
    onChange();
  });
  show();
  return () => Number(slider.value) / 100;
}
