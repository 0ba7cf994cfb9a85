import type { Catalogue } from "../catalogue.ts";
import type { Picture, Report } from "../messages.ts";
import { CameraViews } from "./camera-views.ts";
import { offerOverlays, offerPruners, wireShare } from "./choices.ts";
import { Download } from "./download.ts";
import { byId, element, tell } from "./elements.ts";
import { loadChosen } from "./load-chosen.ts";
import type { PolicyWorker } from "./policy-worker.ts";
import { readPicture } from "./read-picture.ts";

/** The second tab: one call on a picture of the visitor's. */
export class PicturePanel {
  readonly #catalogue: Catalogue;
  readonly #worker: PolicyWorker;
  readonly #views = new CameraViews(byId("look-cameras"));
  readonly #download = new Download(byId("look-download"));
  readonly #model = byId("look-model", HTMLSelectElement);
  readonly #pruner = offerPruners("look-pruner");
  readonly #share: () => number;
  #picture: Picture | null = null;

  constructor(catalogue: Catalogue, worker: PolicyWorker) {
    this.#catalogue = catalogue;
    this.#worker = worker;
    this.#model.replaceChildren(
      ...catalogue.policies.map(({ name, dtype }) => new Option(`${name} (${dtype})`, name)),
    );
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
    const policy = this.#catalogue.policies.find(({ name }) => name === this.#model.value);
    const picture = this.#picture;
    if (policy === undefined || picture === null) return;
    this.#busy(true);
    tell("look-failure", null);
    try {
      await loadChosen(this.#worker, this.#catalogue, policy, this.#download);
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
    if (report.type !== "looked") return;
    this.#busy(false);
    this.#views.clear();
    this.#views.showCall(report.call);
    this.#answer(report);
  }

  #answer({ call, denseActions }: Extract<Report, { type: "looked" }>): void {
    const vision = call.views.reduce((sum, { count }) => sum + count, 0);
    const action = call.actions[0] ?? [];
    const dense = denseActions[0] ?? [];
    const rows = ["x", "y", "z", "turn x", "turn y", "turn z", "gripper"].map((name, index) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, name),
        element("td", {}, (dense[index] ?? Number.NaN).toFixed(3)),
        element("td", {}, (action[index] ?? Number.NaN).toFixed(3)),
      ),
    );
    const head = element(
      "tr",
      {},
      ...["", "dense", "pruned"].map((words) => element("th", { scope: "col" }, words)),
    );
    const times =
      call.dense === null
        ? `${Math.round(call.milliseconds)} ms`
        : `${Math.round(call.dense)} ms dense, ${Math.round(call.milliseconds)} ms with ${call.keep.length} of ${vision} patches`;
    byId("look-answer").replaceChildren(
      element("h2", {}, "First action of the chunk"),
      element("p", { class: "quiet numbers", id: "look-times" }, times),
      element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows)),
    );
    byId("look-answer").hidden = false;
  }

  #fail(message: string): void {
    this.#busy(false);
    tell("look-failure", message);
  }

  #busy(busy: boolean): void {
    byId("look-run", HTMLButtonElement).disabled = busy;
    byId("look-run").textContent = busy ? "Looking" : "Ask the policy";
  }
}
