import { SUITES } from "@vla-pruner/sim";
import type { Catalogue, PolicyEntry } from "../catalogue.ts";
import { FIRST_TASK } from "../first-task.ts";
import type { Report } from "../messages.ts";
import { CameraViews } from "./camera-views.ts";
import { offerOverlays, offerPruners, wireShare } from "./choices.ts";
import { Download, sizeOf } from "./download.ts";
import { byId, element, tell } from "./elements.ts";
import type { ModelWorker } from "./model-worker.ts";
import { Presenter } from "./presenter.ts";
import { Readings } from "./readings.ts";
import { loadChosen } from "./load-chosen.ts";

/** The first tab: an episode plays, and the visitor changes what is kept. */
export class EpisodePanel {
  readonly #catalogue: Catalogue;
  readonly #worker: ModelWorker;
  readonly #views = new CameraViews(byId("cameras"));
  readonly #presenter = new Presenter();
  readonly #readings = new Readings();
  readonly #download = new Download(byId("download"));
  readonly #policy = byId("policy", HTMLSelectElement);
  readonly #task = byId("task", HTMLSelectElement);
  readonly #pruner = offerPruners("pruner");
  readonly #compare = byId("compare", HTMLInputElement);
  readonly #share: () => number;
  #horizon = 1;

  constructor(catalogue: Catalogue, worker: ModelWorker) {
    this.#catalogue = catalogue;
    this.#worker = worker;
    this.#policy.replaceChildren(
      ...catalogue.policies.map(({ name, dtype }) => new Option(`${name} (${dtype})`, name)),
    );
    const groups = Object.entries(SUITES).map(([suite, tasks]) =>
      element(
        "optgroup",
        { label: suite },
        ...tasks.map(({ name, wordings }) => new Option(wordings[0], name)),
      ),
    );
    this.#task.replaceChildren(...groups);
    this.#task.value = FIRST_TASK;
    offerOverlays("maps", [], (overlay) => this.#views.choose(overlay));
    this.#share = wireShare("retention", "share", () => this.#adjust());
    this.#compare.addEventListener("change", () => this.#adjust());
    byId("controls").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#play();
    });
    byId("stop").addEventListener("click", () => this.#worker.tell({ type: "stop" }));
    this.#worker.listen((report) => this.#hear(report));
    this.#readings.clear();
    this.#policy.addEventListener("change", () => this.#saySize());
    this.#saySize();
  }

  /** What the first press costs. */
  #saySize(): void {
    const policy = this.#chosen();
    if (policy !== undefined) byId("start-size").textContent = `(${sizeOf(this.#catalogue, policy)}, once)`;
  }

  #chosen(): PolicyEntry | undefined {
    return this.#catalogue.policies.find(({ name }) => name === this.#policy.value);
  }

  async #play(): Promise<void> {
    const policy = this.#chosen();
    if (policy === undefined) return;
    this.#state("loading");
    tell("failure", null);
    tell("outcome", null);
    try {
      await loadChosen(this.#worker, this.#catalogue, policy, this.#download);
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#readings.clear();
    this.#views.clear();
    this.#presenter.clear();
    this.#state("playing");
    this.#worker.tell({
      type: "play",
      task: this.#task.value,
      seed: byId("seed", HTMLInputElement).valueAsNumber || 0,
      choice: { name: this.#pruner.value, retention: this.#share() },
      compare: this.#compare.checked,
    });
  }

  #adjust(): void {
    this.#worker.tell({ type: "adjust", retention: this.#share(), compare: this.#compare.checked });
  }

  #hear(report: Report): void {
    if (document.body.dataset["state"] !== "playing") return;
    if (report.type === "failed" && report.during === "play") this.#fail(report.message);
    else this.#presenter.add(() => this.#show(report), report.type === "step");
  }

  #show(report: Report): void {
    if (report.type === "scene") {
      byId("instruction").textContent = report.instruction;
      this.#horizon = report.horizon;
      this.#views.show(report.pictures);
      this.#showStep(0);
    } else if (report.type === "call") {
      this.#views.showCall(report.call);
      this.#readings.add(report.call);
    } else if (report.type === "step") {
      this.#views.show(report.pictures);
      this.#showStep(report.step);
    } else if (report.type === "end") this.#end(report);
  }

  #showStep(step: number): void {
    const bar = byId("steps");
    bar.setAttribute("aria-valuenow", String(step));
    bar.setAttribute("aria-valuemax", String(this.#horizon));
    bar.style.setProperty("--done", `${(100 * step) / this.#horizon}%`);
    byId("step-text").textContent = `control step ${step} of at most ${this.#horizon}`;
  }

  #end({ outcome }: Extract<Report, { type: "end" }>): void {
    this.#state("ended");
    const line = byId("outcome");
    line.className = `outcome ${outcome?.success === true ? "good" : "bad"}`;
    if (outcome === null) tell("outcome", "Stopped.");
    else if (outcome.success)
      tell("outcome", `Solved in ${outcome.steps} control steps and ${outcome.calls} calls.`);
    else
      tell(
        "outcome",
        `Not solved: ${outcome.steps} control steps are used up. Another episode, or more patches?`,
      );
  }

  #fail(message: string): void {
    this.#worker.end();
    this.#presenter.clear();
    this.#state("failed");
    tell("failure", message);
  }

  #state(state: "loading" | "playing" | "ended" | "failed"): void {
    document.body.dataset["state"] = state;
    const busy = state === "loading" || state === "playing";
    for (const id of ["play", "start"]) byId(id, HTMLButtonElement).disabled = busy;
    byId("play").textContent = state === "loading" ? "Loading" : state === "playing" ? "Playing" : "Play";
    byId("stop", HTMLButtonElement).disabled = state !== "playing";
    for (const list of [this.#policy, this.#task, this.#pruner]) list.disabled = busy;
    byId("seed", HTMLInputElement).disabled = busy;
  }
}
