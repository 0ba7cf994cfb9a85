import type { Catalogue, ModelEntry } from "../catalogue.ts";
import { byId, element } from "./elements.ts";

/** Value of the entry behind which an id of the Hub is typed. */
const HUB = "hub";

/** What is said of a kind of model, and asked of it until the visitor writes something else. */
const WORDS = {
  policy: {
    label: "Instruction",
    text: "put the red cube on the plate",
    run: "Ask the policy",
    note:
      "A policy of several cameras gets the picture as each of them. Those that come along were trained on this " +
      "simulator's table alone: on other pictures see where they look, and expect no sense in the action.",
  },
  vlm: {
    label: "Question",
    text: "What is on the table?",
    run: "Ask the model",
    note:
      "Any model that transformers.js loads for pictures and text, unchanged. Its weights come into this browser's " +
      "cache, often hundreds of megabytes; layers from the third on see the kept patches only.",
  },
} as const;

/** The model of the second tab: a policy or a vision-language model that the page serves, or any of the Hub. */
export class ModelChoice {
  readonly #served: readonly ModelEntry[];
  readonly #list = byId("look-model", HTMLSelectElement);
  readonly #id = byId("look-id", HTMLInputElement);
  readonly #dtype = byId("look-dtype", HTMLSelectElement);
  readonly #text = byId("look-instruction", HTMLInputElement);

  constructor({ policies, vlms }: Catalogue) {
    this.#served = [...policies, ...vlms];
    this.#list.replaceChildren(
      element("optgroup", { label: "Robot policies" }, ...policies.map(option)),
      element(
        "optgroup",
        { label: "Vision-language models" },
        ...vlms.map(option),
        new Option("Another, by its id on the Hub", HUB),
      ),
    );
    this.#list.addEventListener("change", () => this.#show());
    this.#show();
  }

  get kind(): ModelEntry["kind"] {
    return this.entry?.kind ?? "vlm";
  }

  /** `undefined` where no id was typed. */
  get entry(): ModelEntry | undefined {
    if (this.#list.value !== HUB) return this.#served.find(({ directory }) => directory === this.#list.value);
    const id = this.#id.value.trim();
    if (id === "") return undefined;
    return { kind: "vlm", name: id, directory: id, host: "hub", dtype: this.#dtype.value, bytes: null };
  }

  /** Words on the button while it waits. */
  get run(): string {
    return WORDS[this.kind].run;
  }

  #show(): void {
    const { label, text, run, note } = WORDS[this.kind];
    // A language model has no hands: no map of them may stay chosen.
    if (this.kind === "vlm") document.querySelector<HTMLElement>("#look-maps .is-kept input")?.click();
    byId("look-maps").dataset["kind"] = this.kind;
    byId("look-hub").hidden = this.#list.value !== HUB;
    byId("look-label").textContent = label;
    byId("look-note").textContent = note;
    byId("look-run").textContent = run;
    if (Object.values(WORDS).some((words) => words.text === this.#text.value)) this.#text.value = text;
  }
}

function option({ name, dtype, directory }: ModelEntry): HTMLOptionElement {
  return new Option(typeof dtype === "string" ? `${name} (${dtype})` : name, directory);
}
