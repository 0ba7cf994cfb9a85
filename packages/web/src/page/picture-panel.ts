import type { Catalogue } from "../catalogue.ts";
import type { Picture, Report, SeenPatches } from "../messages.ts";
import { policyAnswer, vlmAnswer } from "./answers.ts";
import { CameraViews } from "./camera-views.ts";
import { offerOverlays, offerPruners, wireShare } from "./choices.ts";
import { Download } from "./download.ts";
import { byId, tell } from "./elements.ts";
import { loadChosen } from "./load-chosen.ts";
import { ModelChoice } from "./model-choice.ts";
import type { ModelWorker } from "./model-worker.ts";
import { readPicture } from "./read-picture.ts";

/** The second tab: one call on a picture of the visitor's. */
export class PicturePanel {
  readonly #catalogue: Catalogue;
  readonly #worker: ModelWorker;
  readonly #views = new CameraViews(byId("look-cameras"));
  readonly #download = new Download(byId("look-download"));
  readonly #model: ModelChoice;
  readonly #pruner = offerPruners("look-pruner");
  readonly #share: () => number;
  #picture: Picture | null = null;

  constructor(catalogue: Catalogue, worker: ModelWorker) {
    this.#catalogue = catalogue;
    this.#worker = worker;
    this.#model = new ModelChoice(catalogue);
    offerOverlays("look-maps", ["forecast"], (overlay) => this.#views.choose(overlay));
    this.#share = wireShare("look-retention", "look-share", () => undefined);
    this.#wirePicture();
    this.#worker.listen((report) => this.#hear(report));
    byId("look-controls").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#ask();
    });
  }

  #wirePicture(): void {
    const [file, drop] = [byId("file", HTMLInputElement), byId("drop")];
    file.addEventListener("change", () => void this.#take(file.files?.[0]));
    for (const kind of ["dragover", "dragleave", "drop"] as const)
      drop.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.classList.toggle("over", kind === "dragover");
        if (kind === "drop") void this.#take(event.dataTransfer?.files[0]);
      });
  }

  async #take(file: Blob | undefined): Promise<void> {
    if (file === undefined) return;
    tell("look-failure", null);
    try {
      this.#picture = await readPicture(file);
    } catch (error) {
      tell("look-failure", error instanceof Error ? error.message : String(error));
      return;
    }
    this.#views.clear();
    byId("look-shown").hidden = false;
    byId("look-answer").hidden = true;
    byId("drop").classList.add("small");
    this.#views.show({ "your picture": this.#picture });
    byId("look-run", HTMLButtonElement).disabled = false;
  }

  async #ask(): Promise<void> {
    const { entry } = this.#model;
    const picture = this.#picture;
    if (picture === null) return;
    if (entry === undefined) {
      tell("look-failure", "Which model? An id of the Hub is, say, HuggingFaceTB/SmolVLM-256M-Instruct.");
      return;
    }
    this.#busy(true);
    tell("look-failure", null);
    try {
      await loadChosen(this.#worker, this.#catalogue, entry, this.#download);
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#worker.tell({ type: "stop" });
    this.#worker.tell({
      type: "look",
      picture,
      instruction: byId("look-instruction", HTMLInputElement).value,
      choice: { name: this.#pruner.value, retention: this.#share() },
    });
  }

  #hear(report: Report): void {
    if (report.type === "failed" && report.during === "look") this.#fail(report.message);
    else if (report.type === "looked") this.#answer(report.call, policyAnswer(report));
    else if (report.type === "answered") this.#answer(report.seen, vlmAnswer(report));
  }

  #answer(seen: SeenPatches, answer: HTMLElement[]): void {
    this.#busy(false);
    this.#views.clear();
    this.#views.showCall(seen);
    byId("look-answer").replaceChildren(...answer);
    byId("look-answer").hidden = false;
  }

  #fail(message: string): void {
    this.#busy(false);
    tell("look-failure", message);
  }

  #busy(busy: boolean): void {
    byId("look-run", HTMLButtonElement).disabled = busy;
    byId("look-run").textContent = busy ? "Looking" : this.#model.run;
  }
}
