import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FakeAdapter, hasCode } from "@vla-pruner/core/testing";
import { createPolicy, keepAll, readFrame } from "../../src/index.ts";
import type { FrameSource, Observation, Policy, PolicyParts, TokenPruner } from "../../src/index.ts";
import { frame, observe } from "../support/observations.ts";
import { outcome } from "../support/play.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const PICTURE = new URL("../golden/synthetic_256x256.png", import.meta.url);
const views = ["image", "wrist"];

/** Notes what it sees. */
function spy(seen: Observation[]): TokenPruner {
  return {
    ...keepAll(),
    select(context) {
      seen.push(context.observation);
      return keepAll().select(context);
    },
  };
}

function start(cameras: Readonly<Record<string, string>>): Policy {
  return createPolicy({ adapter: new FakeAdapter({ views }), pruner: keepAll(), cameras });
}

function make(parts: Partial<PolicyParts> = {}): Policy {
  return createPolicy({ adapter: new FakeAdapter(), pruner: keepAll(), ...parts });
}

describe("extras of an observation", () => {
  it("reach the pruner, and never the numbers of the model", async () => {
    const seen: Observation[] = [];
    const extras = { depth: new Float32Array([1, 2]), gaze: { x: 3 } };
    const policy = createPolicy({ adapter: new FakeAdapter(), pruner: spy(seen) });
    const [plain, more] = [policy.startEpisode({ id: "e" }), policy.startEpisode({ id: "e" })];
    assert.deepEqual(
      outcome(await more.act({ ...observe(1), extras })),
      outcome(await plain.act(observe(1))),
    );
    assert.equal(seen[0]?.extras, extras);
    assert.equal(seen[1]?.extras, undefined);
  });
});

describe("a part that no observation has", () => {
  it("is refused, and so is not left out in silence", async () => {
    const misspelt = { ...observe(0), sate: [1, 2] };
    await assert.rejects(make().act(misspelt), /expected parts of an observation: .*found sate;/u);
  });
});

describe("cameras of a policy", () => {
  const cameras = { image: "observation.images.top", wrist: "observation.images.hand" };
  const frames = { image: frame(8), wrist: frame(9) };

  it("give the model its frames under the names that observations have, or its own", async () => {
    const expected = outcome(await start({}).act({ images: frames, instruction: "go" }));
    for (const images of [
      { "observation.images.top": frame(8), "observation.images.hand": frame(9) },
      { "observation.images.top": frame(8), wrist: frame(9) },
      frames,
    ]) {
      assert.deepEqual(outcome(await start(cameras).act({ images, instruction: "go" })), expected);
    }
  });

  it("may take two names for each other", async () => {
    const swapped = { images: { image: frame(9), wrist: frame(8) }, instruction: "go" };
    const { semantic } = await start({ image: "wrist", wrist: "image" }).act(swapped);
    assert.deepEqual(semantic, (await start({}).act({ images: frames, instruction: "go" })).semantic);
  });

  it("are refused with a frame under both names, for a view that is none, and for two views at once", async () => {
    const images = { image: frame(1), "observation.images.top": frame(1), wrist: frame(2) };
    await assert.rejects(start(cameras).act({ images }), hasCode("observation-invalid"));
    assert.throws(() => start({ head: "top" }), hasCode("invalid-option"));
    assert.throws(() => start({ image: "top", wrist: "top" }), hasCode("invalid-option"));
  });
});

describe("frames that are paths", () => {
  it("are decoded within the step, after the middleware of prepare has seen their names", async () => {
    const [given, seen]: [FrameSource[], Observation[]] = [[], []];
    const policy = make({
      pruner: spy(seen),
      middleware: [
        {
          prepare(input, next) {
            given.push(...Object.values(input.observation.images ?? {}));
            return next();
          },
        },
      ],
    });
    const read = { images: { image: await readFrame(PICTURE) }, instruction: "go" };
    const { timings, ...step } = await policy.act({ images: { image: PICTURE }, instruction: "go" });
    assert.deepEqual(given, [PICTURE]);
    assert.deepEqual(seen[0]?.images?.["image"]?.data, read.images.image.data);
    assert.deepEqual(step, outcome(await make().act(read)));
    assert.ok(timings.prepare !== undefined);
  });

  it("are not read for a step that was cancelled before", async () => {
    const adapter = new FakeAdapter();
    const nowhere = { images: { image: "/nowhere/frame.png" }, instruction: "go" };
    const step = make({ adapter }).act(nowhere, { signal: AbortSignal.abort() });
    await assert.rejects(step, hasCode("cancelled"));
    assert.deepEqual(adapter.calls, ["release"]);
  });

  it("fail their own step where they cannot be read, and no other", async () => {
    const broken = join(await temporaryFolder(), "broken.png");
    await writeFile(broken, "no picture");
    const episode = make().startEpisode();
    const calls = [frame(1), broken, "/nowhere/frame.png", pathToFileURL(broken), frame(2)].map((image) =>
      episode.act({ images: { image }, instruction: "go" }),
    );
    const settled = await Promise.allSettled(calls);
    assert.deepEqual(
      settled.map((call) =>
        call.status === "fulfilled" ? call.value.step : hasCode("image-invalid")(call.reason),
      ),
      [0, true, true, true, 1],
    );
  });
});
