import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Observation, VlaModel } from "@vla-pruner/core";
import { adapterContract } from "@vla-pruner/core/testing";
import type { AdapterSubject } from "@vla-pruner/core/testing";
import { pixelsOfColour } from "../../core/test/support/pixels-of-colour.ts";
import { openvlaOft } from "../src/index.ts";
import type { OftVla } from "../src/oft-vla.ts";
import { convertAndLoad, fixtureFolder, loadFixture } from "./support/converted-fixture.ts";
import { fixtureEpisode } from "./support/fixture-episode.ts";
import type { NumericStep } from "./support/fixture-episode.ts";
import * as fixtures from "./support/fixtures.ts";
import type { OftFixture } from "./support/fixtures.ts";

const LIBERO = fixtures.smaller(fixtures.LIBERO);
const ALOHA = fixtures.smaller(fixtures.ALOHA);
/** Its vision tower comes with the component, for pictures of this size. */
const FILM = fixtures.smaller(fixtures.LIBERO, 112);

const MODELS: readonly (readonly [string, OftFixture, () => Promise<VlaModel>])[] = [
  ["two cameras, L1 head", LIBERO, () => loadFixture(LIBERO)],
  ["three cameras, L1 head", ALOHA, () => loadFixture(ALOHA)],
  ["two cameras, FiLM", FILM, () => loadFixture(FILM, { head: "film" })],
  ["two cameras, diffusion head", LIBERO, () => loadFixture(LIBERO, { head: "diffusion", steps: 2 })],
  ["two cameras, L1 head, graphs for cuda", LIBERO, () => loadFixture(LIBERO, { target: "cuda" })],
  [
    "two cameras, L1 head, one graph for cuda",
    LIBERO,
    () => loadFixture(LIBERO, { target: "cuda", ahead: true }),
  ],
  [
    "two cameras, diffusion head, graphs for cuda",
    LIBERO,
    () => loadFixture(LIBERO, { head: "diffusion", steps: 2, target: "cuda" }),
  ],
  ["three cameras, L1 head, graphs for webgpu", ALOHA, () => loadFixture(ALOHA, { target: "webgpu" })],
  [
    "two cameras, diffusion head, graphs for webgpu",
    LIBERO,
    () => loadFixture(LIBERO, { head: "diffusion", steps: 2, target: "webgpu" }),
  ],
  ["two cameras, discrete head, no state", LIBERO, discreteModel],
];

function withoutState({ pixelValues, inputIds }: NumericStep): Observation {
  return { pixelValues, inputIds };
}

async function discreteModel(): Promise<VlaModel> {
  const folder = await fixtureFolder({ ...LIBERO, config: { ...LIBERO.config, action_head: "discrete" } });
  for (const name of ["action_head", "proprio_projector"])
    await rm(join(folder, `${name}--100_checkpoint.pt`));
  return convertAndLoad(folder, { views: 2 });
}

for (const [name, fixture, load] of MODELS) {
  describe(`openvla-oft adapter: ${name}`, () => {
    let model: VlaModel;
    let subject: AdapterSubject;

    before(async () => {
      model = await load();
      const {
        image_processor: image,
        action_head: head,
        state_size: state,
        views,
      } = model.vla as unknown as OftVla;
      const episode = fixtureEpisode(fixture, head === "diffusion" ? 56 : 0).slice(0, 4);
      const everyView = Array.from({ length: views }, () => image.normalize).flat();
      subject = {
        createAdapter: () => openvlaOft().createAdapter(model),
        observations: state > 0 ? episode : episode.map(withoutState),
        pixelsOfColour: (colour) => ({ data: pixelsOfColour(everyView, image.size, colour) }),
      };
    });

    after(() => model.dispose());

    for (const [check, run] of Object.entries(adapterContract)) it(check, () => run(subject));

    it("is made for its own architecture", () => {
      assert.equal(openvlaOft().architecture, model.vla.architecture);
    });
  });
}
